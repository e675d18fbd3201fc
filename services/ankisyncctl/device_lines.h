// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/storage/accounts/devices.h"

namespace ankisync::ctl {

struct DeviceLine {
  std::string user;
  Device device;
};

// A table for people; nothing for no lines.
void Print(std::ostream& out, const std::vector<DeviceLine>& lines);

// An array.
void Write(json::Writer& out, const std::vector<DeviceLine>& lines);

}  // namespace ankisync::ctl
