// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/cells/cells.h"

#include <utility>

#include "common/core/error.h"
#include "common/storage/accounts/move_hold.h"

namespace ankisync {

Cells::Cells(std::filesystem::path file, std::string self)
    : file_(std::move(file)), self_(std::move(self)), stamp_(StampOf()), map_(Read()) {}

std::shared_ptr<const CellMap> Cells::map() const {
  const std::lock_guard lock(mutex_);
  return map_;
}

bool Cells::Reload() {
  const Stamp now = StampOf();
  if (now.inode == stamp_.inode && now.bytes == stamp_.bytes &&
      now.changed.tv_sec == stamp_.changed.tv_sec && now.changed.tv_nsec == stamp_.changed.tv_nsec)
    return false;
  stamp_ = now;  // one that cannot be read is complained of once
  auto map = Read();
  const std::lock_guard lock(mutex_);
  map_ = std::move(map);
  return true;
}

Cells::Stamp Cells::StampOf() const {
  struct stat file {};
  if (::stat(file_.c_str(), &file) != 0) return {};
  return {file.st_ino, file.st_mtim, file.st_size};
}

std::shared_ptr<const CellMap> Cells::Read() const {
  auto map = std::make_shared<const CellMap>(ReadCellMap(file_));
  map->Named(self_);
  return map;
}

std::optional<CellMap::Cell> Cells::UnlessSelf(const CellMap::Cell& home) const {
  return home.name == self_ ? std::nullopt : std::optional(home);
}

std::optional<CellMap::Cell> Cells::Elsewhere(std::string_view hkey, const Identity* known) const {
  if (known) {
    const auto move = known->hold ? MoveHoldOf(known->hold->reason) : std::nullopt;
    if (!move || move->state != MoveState::kGone) return std::nullopt;
    return UnlessSelf(map()->HomeOf(known->account, BucketOf(known->name)));
  }
  const auto parts = PartsOf(hkey);
  return parts ? UnlessSelf(map()->HomeOf(parts->account, parts->bucket)) : std::nullopt;
}

std::optional<CellMap::Cell> Cells::ElsewhereToLogin(std::string_view user_name, bool is_here,
                                                     const std::optional<MoveHold>& move) const {
  if (is_here && !move) return std::nullopt;
  auto home = UnlessSelf(map()->HomeOfUser(user_name));
  if (move && (move->state != MoveState::kGone || !home))
    throw SyncError(ErrorKind::kUnavailable, "the account is being moved");
  return home;
}

std::string SentenceFor(const CellMap::Cell& home) {
  return "Your account lives on another sync server now. Please enter " + home.url +
         " under Preferences > Syncing > self-hosted sync server, or update Anki, which finds it "
         "by itself.";
}

}  // namespace ankisync
