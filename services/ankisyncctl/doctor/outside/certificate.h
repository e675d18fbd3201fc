// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/core/ids.h"

namespace ankisync::doctor {

// What a server's certificate says.
struct Certificate {
  std::vector<std::string> names;  // hosts and addresses that it is for; not its common name
  bool fits = false;               // the host that was asked
  bool is_self_signed = false;
  UnixSeconds from{};
  UnixSeconds until{};
};

// Nothing: `pem` is no certificate. `host`: a name or an address.
std::optional<Certificate> ReadCertificate(const std::string& pem, const std::string& host);

}  // namespace ankisync::doctor
