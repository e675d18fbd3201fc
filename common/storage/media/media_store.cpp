// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ankisync {

std::shared_ptr<UserMedia> MediaStore::Of(const std::filesystem::path& user_folder) {
  auto known = Known(user_folder, IdentityOf(user_folder));
  return known ? known : Opened(user_folder);
}

std::optional<MediaIndex::Totals> MediaStore::TotalsOf(const std::filesystem::path& user_folder) {
  const FileIdentity index = IdentityOf(user_folder);
  if (index == FileIdentity()) return std::nullopt;
  const auto known = Known(user_folder, index);
  return (known ? known : Opened(user_folder))->index().totals();
}

void MediaStore::CloseIdle(std::chrono::seconds idle) {
  const auto before = tools_.clock.Steady() - idle;
  std::vector<std::shared_ptr<UserMedia>> closing;  // outside the mutex: closing writes
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](auto& entry) {
    if (entry.second.asked_at > before) return false;
    closing.push_back(std::move(entry.second.media));
    return true;
  });
}

std::size_t MediaStore::open() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

MediaStore::FileIdentity MediaStore::IdentityOf(const std::filesystem::path& user_folder) {
  struct stat status {};
  if (::stat(UserMedia::IndexFile(user_folder).c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

std::shared_ptr<UserMedia> MediaStore::Known(const std::filesystem::path& user_folder,
                                             FileIdentity index) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(user_folder.native());
  if (found == open_.end() || found->second.index != index) return nullptr;
  found->second.asked_at = tools_.clock.Steady();
  return found->second.media;
}

std::shared_ptr<UserMedia> MediaStore::Opened(const std::filesystem::path& user_folder) {
  auto media = std::make_shared<UserMedia>(user_folder, tools_);
  Open entry{media, IdentityOf(user_folder), tools_.clock.Steady()};
  std::shared_ptr<UserMedia> closing;  // outside the mutex: closing writes
  const std::lock_guard lock(mutex_);
  std::swap(open_[user_folder.native()], entry);
  if (open_.size() <= open_max_) return media;
  const auto oldest = std::min_element(open_.begin(), open_.end(), [](auto& a, auto& b) {
    return a.second.asked_at < b.second.asked_at;
  });
  closing = std::move(oldest->second.media);
  open_.erase(oldest);
  return media;
}

}  // namespace ankisync
