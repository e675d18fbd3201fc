// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ankisync::http {

// What a request target names: without scheme and authority of an absolute form.
struct Target {
  std::string path;   // percent escapes decoded
  std::string query;  // behind the "?", as it was sent
};

// nullopt for a bad escape, an encoded NUL, and what is neither "/…", "http://…" nor "*".
std::optional<Target> ParseTarget(std::string_view text);

}  // namespace ankisync::http
