// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"

namespace ankisync {

// How a program was started.
struct Launch {
  Launch(Program program, std::string version, int argc, const char* const* argv,
         const char* const* environment);

  Program program;
  std::string version;                 // what --version prints
  std::vector<std::string> arguments;  // without the program's name
  std::map<std::string, std::string> environment;
};

struct Loaded {
  Config config;
  std::vector<std::string> warnings;  // for the log, once there is one

  // --help, --print-config and their like: to be printed on stdout instead of serving.
  std::optional<std::string> answer;
};

// Reads the configuration from all its sources. What comes later wins:
//
//   1. defaults: the program's; or the official server's (port 8080, ~/.syncserver) where ankisyncd
//      finds that server's variables, no file of ours, and neither data, host nor port among our
//      variables and flags
//   2. the file that --config or ANKISYNCD_CONFIG names: ankisyncd.yaml, or the Python server's
//      ankisyncd.conf, which is also looked for where that server does; over it, its variables
//   3. the official server's variables: SYNC_BASE, SYNC_USER1 …
//   4. ANKISYNCD_<KEY>, or a file with the value named by ANKISYNCD_<KEY>_FILE
//   5. --key
//
// Errors: ConfigError whose message names the key and its source.
Loaded LoadConfig(const Launch& launch);

// That of an ankisyncd that would be started from here with this file, or without one where it is
// empty: for a program that looks after the data of servers.
Loaded LoadConfigOfServers(const std::string& file, const char* const* environment);

}  // namespace ankisync
