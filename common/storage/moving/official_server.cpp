// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/official_server.h"

#include <algorithm>
#include <set>

#include "common/core/hash.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

bool LooksLikeUser(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "collection.anki2", ignored) &&
         !fs::is_symlink(folder / "collection.anki2", ignored);
}

std::set<std::string> UserFolders(const fs::path& base) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(base, ignored)) {
    if (entry.is_directory(ignored) && LooksLikeUser(entry.path()))
      names.insert(entry.path().filename().string());
  }
  return names;
}

}  // namespace

bool IsOfficialBase(const fs::path& base) { return !UserFolders(base).empty(); }

ForeignServer ReadOfficialServer(const fs::path& base,
                                 std::span<const EnvironmentAccount> accounts) {
  ForeignServer server;
  for (const std::string& name : UserFolders(base)) {
    ForeignUser& user = server.users.emplace_back();
    user.name = name;
    user.folder = base / name;
    const auto account = std::ranges::find(accounts, name, &EnvironmentAccount::name);
    if (account == accounts.end()) continue;
    if (account->kind == EnvironmentAccount::Secret::kHashed) user.password_hash = account->secret;
    user.hkeys.push_back(OfficialHostkey(*account));
  }
  return server;
}

std::string OfficialHostkey(const EnvironmentAccount& account) {
  return Hex(Sha1(account.name + ":" + account.secret));
}

}  // namespace ankisync
