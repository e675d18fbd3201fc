// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/media_users.h"

#include <cstdio>
#include <map>

#include "common/core/error.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

void ForEachMedia(const Context& context, const std::string& user,
                  const std::function<void(const std::string& user, UserMedia& media)>& visit) {
  OpenAccounts open(context.data);
  WorkerPool disk(1);
  const auto visit_folder = [&](const std::string& name, const std::string& folder) {
    const auto path = open.volume.UserFolder(folder);
    if (!std::filesystem::exists(UserMedia::IndexFile(path))) return false;
    UserMedia media(path, {disk, open.clock, {}});
    visit(name, media);
    return true;
  };
  if (!user.empty()) {
    if (!visit_folder(user, open.accounts.Get(user).folder))
      throw SyncError(ErrorKind::kInconsistentData, user + " has no media yet");
    return;
  }
  std::map<std::string, std::string> names;
  for (const Account& account : open.accounts.List()) names[account.folder] = account.name;
  for (const std::string& folder : open.volume.Folders()) {
    const auto known = names.find(folder);
    visit_folder(known == names.end() ? folder : known->second, folder);
  }
}

std::string SizeText(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < std::size(kUnits); ++unit) size /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, kUnits[unit]);
  return text;
}

}  // namespace ankisync::ctl
