// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/config.h"

namespace ankisync {

Config DefaultsFor(Program program) {
  Config config;
  if (program == Program::kAnkisyncd) return config;
  // In containers an init step makes the volume, and probes come from outside.
  config.storage.create = false;
  config.ops.host = "0.0.0.0";
  const bool media = program == Program::kMediaSync;
  config.port = media ? 27702 : 27701;
  config.ops.port = media ? 9102 : 9101;
  return config;
}

}  // namespace ankisync
