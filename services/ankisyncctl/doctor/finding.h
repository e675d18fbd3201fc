// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ankisync::doctor {

enum class Severity : std::uint8_t {
  kOk,
  kNote,     // good to know
  kWarning,  // syncs work, but something is wrong or will be
  kError,    // somebody cannot sync, or is not safe
};

// What one check found, in words for whoever runs a server and has never read the protocol.
struct Finding {
  Severity severity;
  std::string check;   // a word for programs: "body_size"
  std::string text;    // what is so
  std::string client;  // what Anki does or shows because of it; empty: nothing
  std::string remedy;  // what to do, or the very lines to write; empty: nothing
};

using Findings = std::vector<Finding>;

}  // namespace ankisync::doctor
