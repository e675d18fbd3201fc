// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ankisync::protocol {

// For tests alone: parts as a form with the boundary "b", as old clients write it.
using Parts = std::vector<std::pair<std::string, std::string>>;

inline std::string Form(const Parts& parts) {
  std::string form;
  for (const auto& [name, value] : parts) {
    const std::string file = name == "data" ? "; filename=\"data\"" : "";
    form += "--b\r\nContent-Disposition: form-data; name=\"" + name + '"' + file + "\r\n\r\n" +
            value + "\r\n";
  }
  return form + "--b--\r\n";
}

}  // namespace ankisync::protocol
