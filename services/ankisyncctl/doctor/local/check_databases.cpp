// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/error.h"
#include "common/sqlite/connection.h"
#include "common/storage/accounts/account_databases.h"
#include "common/storage/collection/generations.h"
#include "common/storage/media/user_media.h"
#include "common/storage/snapshots/collection_facts.h"
#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {
namespace {

namespace fs = std::filesystem;

constexpr char kTrouble[] = "that the server encountered a problem, again and again.";

class Databases {
 public:
  Databases(const Volume& volume, Findings& findings) : volume_(volume), findings_(findings) {}

  void CheckShared() {
    struct Shared {
      const char* name;
      SharedDatabase (*open)(const Volume& volume);
    };
    for (const auto& [name, open] :
         {Shared{"auth.db", OpenAuthDatabase}, Shared{"session.db", OpenSessionDatabase}}) {
      const fs::path file = volume_.root() / name;
      if (!fs::exists(file) && !volume_.holds_users()) continue;  // nobody was added yet
      Try(file, "backup restore", [&, start = open] {
        start(volume_);  // what a server that starts finds out
        return DamageOf(file);
      });
    }
  }

  void CheckUser(const std::string& user) {
    const fs::path folder = volume_.root() / "collections" / "users" / user;
    const Generations generations(folder);
    Try(generations.link(), "snapshot list, snapshot restore", [&] {
      return generations.current() == 0 ? "" : ExamineCollection(generations.link()).damage;
    });
    if (const fs::path index = UserMedia::IndexFile(folder); fs::exists(index))
      Try(index, "media verify; backup restore", [&] { return DamageOf(index); });
  }

  void Conclude() {
    if (is_sound_) {
      findings_.push_back({Severity::kOk, "databases",
                           "All databases are sound: " + std::to_string(count_) + ".", "", ""});
    }
  }

 private:
  static std::string DamageOf(const fs::path& file) {
    sqlite::Connection db(file, sqlite::OpenMode::kReadOnly);
    std::string verdict = db.Text("PRAGMA integrity_check(1)");
    if (verdict != "ok") return verdict;
    const std::string mode = db.Text("PRAGMA journal_mode");
    return mode == "wal" ? "" : "its mode is " + mode + ", not wal";
  }

  template <typename Check>
  void Try(const fs::path& file, const std::string& commands, Check check) {
    ++count_;
    std::string damage;
    try {
      damage = check();
    } catch (const SyncError& error) {
      damage = error.what();
    }
    if (damage.empty()) return;
    is_sound_ = false;
    findings_.push_back({Severity::kError, "databases", file.string() + ": " + damage + ".",
                         kTrouble,
                         "Stop the servers, keep a copy of the folder, then:\n"
                         "ankisyncctl " +
                             commands});
  }

  const Volume& volume_;
  Findings& findings_;
  int count_ = 0;
  bool is_sound_ = true;
};

}  // namespace

void CheckDatabases(const Volume& volume, Findings& findings) {
  Databases databases(volume, findings);
  databases.CheckShared();
  for (const std::string& user : volume.Folders()) databases.CheckUser(user);
  databases.Conclude();
}

}  // namespace ankisync::doctor
