// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <unordered_set>

namespace ankisync {

// Names of which no two are equal under unicase.
class UniqueNames {
 public:
  // A taken name gets `suffix` until it is free.
  explicit UniqueNames(char suffix) : suffix_(suffix) {}

  // The name, taken now. Errors: kInconsistentData for more namesakes than anybody has.
  std::string Take(std::string name);

 private:
  char suffix_;
  std::unordered_set<std::string> taken_;  // folded
};

}  // namespace ankisync
