// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/local/local.h"

#include "common/core/error.h"

namespace ankisync::doctor {
namespace {

void ExamineVolume(const Premises& premises, const Config& config, Findings& findings) try {
  const Volume volume(premises.data, Volume::Create::kNever,
                      {.free_bytes_min = config.storage.free_bytes_min});
  CheckVolume(volume, findings);
  CheckPermissions(volume, findings);
  CheckDatabases(volume, findings);
  CheckAccounts(volume, findings);
  CheckBackups(volume, premises.now, findings);
} catch (const SyncError& error) {
  findings.push_back({Severity::kError, "volume", error.what(),
                      "that the server encountered a problem, again and again.", ""});
}

}  // namespace

Findings ExamineLocally(const Premises& premises, const Web& web) {
  Findings findings;
  const Config config = CheckConfiguration(premises, findings);
  CheckFileSystem(premises.data, findings);
  ExamineVolume(premises, config, findings);
  CheckClock(premises.now, findings);
  CheckDescriptors(config, findings);
  CheckServers(config, web, findings);
  return findings;
}

}  // namespace ankisync::doctor
