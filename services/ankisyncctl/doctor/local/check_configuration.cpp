// SPDX-License-Identifier: AGPL-3.0-or-later
#include <unistd.h>

#include "common/config/load.h"
#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {

Config CheckConfiguration(const Premises& premises, Findings& findings) {
  const std::string file = premises.config_file.string();
  Loaded loaded;
  try {
    loaded = LoadConfigOfServers(file, environ);
  } catch (const ConfigError& error) {
    findings.push_back({Severity::kError, "configuration",
                        std::string("A server does not start with this: ") + error.what() + ".", "",
                        "docs/configuration.md has every key."});
    return DefaultsFor(Program::kAnkisyncd);
  }
  for (const std::string& warning : loaded.warnings)
    findings.push_back({Severity::kWarning, "configuration", warning, "", ""});
  std::error_code none;
  if (!file.empty() && !std::filesystem::equivalent(loaded.config.data, premises.data, none)) {
    findings.push_back({Severity::kWarning, "configuration",
                        "With this configuration servers use the data folder " +
                            loaded.config.data.string() + ", and not " + premises.data.string() +
                            ", which is examined here.",
                        "", ""});
  }
  if (findings.empty())
    findings.push_back({Severity::kOk, "configuration", "The configuration is sound.", "", ""});
  return loaded.config;
}

}  // namespace ankisync::doctor
