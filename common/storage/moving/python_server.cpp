// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/python_server.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/core/error.h"
#include "common/storage/accounts/password_hash.h"
#include "common/storage/moving/source_database.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;
using sqlite::Connection;
using sqlite::Cursor;

using Users = std::map<std::string, ForeignUser>;

ForeignUser& UserOf(Users& users, const std::string& name, const fs::path& folder) {
  ForeignUser& user = users[name];
  user.name = name;
  if (user.folder.empty()) user.folder = folder;
  return user;
}

Cursor ReadAuth(Connection& db) {
  return HasColumn(db, "auth", "username") ? db.Query("SELECT username, hash FROM auth")
                                           : db.Query("SELECT user, hash FROM auth");
}

Cursor ReadSessions(Connection& db) {
  return HasColumn(db, "session", "username") ? db.Query("SELECT hkey, username, path FROM session")
                                              : db.Query("SELECT hkey, user, path FROM session");
}

void TakeAccounts(const PythonServerFiles& files, const fs::path& scratch, Users& users) {
  if (!fs::exists(files.auth_db)) return;
  SourceDatabase source(files.auth_db, scratch);
  if (!HasTable(source.db(), "auth"))
    throw SyncError(ErrorKind::kInconsistentData,
                    files.auth_db.string() + " is no auth.db of a Python server");
  Cursor row = ReadAuth(source.db());
  while (row.Next()) {
    const std::string name(row.Text(0));
    UserOf(users, name, files.data_root / name).password_hash =
        HashOfPythonServer(name, row.Text(1));
  }
}

void TakeSessions(const PythonServerFiles& files, const fs::path& scratch, Users& users) {
  if (!fs::exists(files.session_db)) return;
  SourceDatabase source(files.session_db, scratch);
  if (!HasTable(source.db(), "session")) return;
  Cursor row = ReadSessions(source.db());
  while (row.Next()) {
    // The path was the old machine's; only its last part still says something.
    const fs::path folder = fs::path(row.Text(2)).filename();
    ForeignUser& user = UserOf(users, std::string(row.Text(1)), files.data_root / folder);
    user.hkeys.emplace_back(row.Text(0));
  }
}

ForeignServer Finish(const Users& users, const fs::path& data_root) {
  ForeignServer server;
  std::set<fs::path> known;
  for (const auto& [name, user] : users) {
    known.insert(user.folder);
    server.users.push_back(user);
  }
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(data_root, ignored)) {
    if (fs::exists(entry.path() / "collection.anki2") && !known.contains(entry.path()))
      server.remarks.push_back("the folder " + entry.path().filename().string() +
                               " is left aside: no account and no session names it");
  }
  return server;
}

Users Read(const PythonServerFiles& files, const fs::path& scratch) {
  Users users;
  TakeAccounts(files, scratch, users);
  TakeSessions(files, scratch, users);
  return users;
}

}  // namespace

ForeignServer ReadPythonServer(const PythonServerFiles& files, const fs::path& scratch) {
  return Finish(Read(files, scratch), files.data_root);
}

ForeignServer ReadAnkisyncRs(const fs::path& root, const fs::path& scratch) {
  const PythonServerFiles files{root / "collections", root / "auth.db", root / "session.db"};
  Users users = Read(files, scratch);
  for (auto& [name, user] : users) {
    // Version 1.0 and later; the stored form is "$ankisyncd$<name>$<what the file says>".
    if (fs::exists(user.folder / "media.db") && !user.password_hash.empty())
      user.hkeys.push_back(user.password_hash.substr(user.password_hash.rfind('$') + 1));
  }
  return Finish(users, files.data_root);
}

}  // namespace ankisync
