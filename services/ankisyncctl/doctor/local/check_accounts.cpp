// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/core/utc_text.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/backup/backup_record.h"
#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {
namespace {

constexpr std::int64_t kBackupSecondsMax = 7 * 86'400;

void ExamineAccounts(const Volume& volume, Findings& findings) {
  const SystemClock clock;
  SharedDatabase auth = OpenAuthDatabase(volume);
  SharedDatabase sessions = OpenSessionDatabase(volume);
  Devices devices(sessions, clock);
  const auto count = Accounts(auth, devices, clock).List().size();
  if (count == 0) {
    findings.push_back({Severity::kNote, "accounts", "There is no account yet.",
                        "that name or password are wrong.", "ankisyncctl user add NAME"});
  } else {
    findings.push_back(
        {Severity::kOk, "accounts", "Accounts: " + std::to_string(count) + ".", "", ""});
  }
  for (const Hold& hold : Holds(auth).List()) {
    findings.push_back({Severity::kNote, "accounts",
                        std::string(hold.account ? "An account is" : "All accounts are") +
                            " held up: " + hold.reason + ".",
                        "\"" + hold.sentence + "\"",
                        "ankisyncctl maintenance show; ankisyncctl maintenance off"});
  }
}

}  // namespace

void CheckAccounts(const Volume& volume, Findings& findings) {
  if (!std::filesystem::exists(volume.root() / "auth.db")) return;  // a server makes it
  try {
    ExamineAccounts(volume, findings);
  } catch (const SyncError&) {  // what is wrong with the databases was said
  }
}

void CheckBackups(const Volume& volume, UnixMillis now, Findings& findings) {
  if (!volume.holds_users()) return;
  const auto last = ReadBackupRecord(volume).backup;
  if (last && Raw(ToSeconds(now)) - Raw(*last) <= kBackupSecondsMax) {
    findings.push_back(
        {Severity::kOk, "backup",
         "The last backup was made on " + UtcText(UnixMillis{Raw(*last) * 1000}) + ".", "", ""});
    return;
  }
  findings.push_back({Severity::kNote, "backup",
                      last ? "The last backup is older than a week."
                           : std::string("No backup was ever made with ankisyncctl."),
                      "", "ankisyncctl backup create DIR (docs/backup.md)"});
}

}  // namespace ankisync::doctor
