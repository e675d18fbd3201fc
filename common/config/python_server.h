// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/environment.h"
#include "common/config/ini_file.h"
#include "common/config/settings.h"

// What the Python server (ankisyncd and its descendants) is configured by: the section [sync_app]
// of ankisyncd.conf, and over it ANKISYNCD_<KEY> variables. `host` and `port` mean what ours mean;
// `data_root`, `auth_db_path` and `session_db_path` say where that server's data lie, `base_url`
// and `base_media_url` what stands in front. What is gone is named in a warning.
namespace ankisync::config {

// Its variables that are none of ours: ANKISYNCD_DATA_ROOT and so on.
bool IsVariableOfPythonServer(std::string_view name);

class PythonServerKeys {
 public:
  // `file`: what the command line or ANKISYNCD_CONFIG names, if that is one of its files; without
  // any the places where that server looks: /etc/ankisyncd/, then $XDG_CONFIG_HOME/ankisyncd/ or
  // ~/.config/ankisyncd/. Errors: ConfigError for a file that cannot be read.
  PythonServerKeys(const Environment& environment, const std::optional<std::string>& file);

  // Whether `file` is such a file.
  static bool IsConfigFile(const std::string& file);

  const std::optional<std::string>& file() const { return file_; }

  // Below our own variables. `data` becomes a folder beside data_root, unless somebody says
  // another. Returns warnings.
  std::vector<std::string> Apply(Settings& settings) const;

 private:
  std::optional<std::string> file_;
  std::map<std::string, IniValue> values_;
};

}  // namespace ankisync::config
