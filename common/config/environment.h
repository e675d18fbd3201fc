// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ankisync::config {

struct Found {
  std::string text;
  std::string origin;  // the variable's name
};

// The environment of a program, with what people and Kubernetes make of it: an empty variable is
// not there, NAME_FILE names a file with NAME's text (any NAME, so every secret), and what
// Kubernetes sets for a service that is called ankisyncd is none of ours.
class Environment {
 public:
  explicit Environment(std::map<std::string, std::string> variables);

  // Errors: ConfigError when both NAME and NAME_FILE are there, or the file cannot be read.
  std::optional<Found> Find(const std::string& name) const;

  bool Has(const std::string& name) const;                       // even if empty
  std::vector<std::string> With(std::string_view prefix) const;  // their names, sorted

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace ankisync::config
