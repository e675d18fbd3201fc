// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/account_move.h"

#include <sys/statvfs.h>

#include <cstdio>
#include <utility>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/size_text.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{30};  // for a transfer that is under way

[[noreturn]] void Refuse(const std::string& sentence) {
  throw SyncError(ErrorKind::kInconsistentData, sentence);
}

fs::path FolderOf(const Volume& volume, const std::string& folder) {
  return volume.root() / "collections" / "users" / folder;
}

bool HasFiles(const fs::path& folder) { return fs::exists(folder) && !fs::is_empty(folder); }

std::uint64_t FreeBytes(const fs::path& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) ThrowErrno("ask for the free space of", folder);
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace

AccountMove::AccountMove(MoveEnd from, MoveEnd to, Account account, WorkerPool& disk,
                         OnStep on_step)
    : from_(std::move(from)),
      to_(std::move(to)),
      account_(std::move(account)),
      disk_(disk),
      on_step_(std::move(on_step)) {}

void AccountMove::Check() const {
  const std::string& name = account_.name;
  if (account_.source == AccountSource::kEnvironment)
    Refuse(name + " is an account of the environment, whose password a variable of cell " +
           from_.cell + " holds: take it out there, say user add, and move it then");
  const auto from = from_.holds.MoveOf(account_.id);
  const auto to = to_.holds.MoveOf(account_.id);
  if (from && from->cell != to_.cell)
    Refuse(name + " is " + ReasonOf(*from) + ": end that move first, or undo it");
  const auto other = to_.accounts.Find(name);
  if (other && other->id != account_.id)
    Refuse("cell " + to_.cell + " has another account " + name + ": rename one of them");
  if (from) return;  // under way: looked at before
  if (other && !to) Refuse(name + " is in cell " + to_.cell + " already");
  if (other && HasFiles(FolderOf(to_.volume, other->folder)))
    Refuse("cell " + to_.cell + " still keeps what " + name +
           " left there: say cell confirm there first");
  const std::uint64_t bytes = SizesOf(FolderOf(from_.volume, account_.folder)).bytes();
  const std::uint64_t free = FreeBytes(to_.volume.root());
  if (bytes > free)
    throw SyncError(ErrorKind::kUnavailable, "cell " + to_.cell + " has " +
                                                 SizeText(static_cast<std::int64_t>(free)) +
                                                 " left and " + name + " takes " +
                                                 SizeText(static_cast<std::int64_t>(bytes)));
}

void AccountMove::Advance() {
  if (is_switched()) return;
  const fs::path source = FolderOf(from_.volume, account_.folder);
  if (!from_.holds.MoveOf(account_.id)) {
    CopyMedia(source, Arriving(), disk_);
    Step("copy ahead");
  }
  const FileLock frozen = Freeze();
  Step("freeze");
  Copy();
  Step("copy");
  from_.holds.PlaceMove(account_.id, {MoveState::kGone, to_.cell});
  Step("switch");
}

bool AccountMove::is_switched() const {
  return from_.holds.MoveOf(account_.id) == MoveHold{MoveState::kGone, to_.cell};
}

FileLock AccountMove::Freeze() {
  const bool was_frozen = from_.holds.MoveOf(account_.id).has_value();
  if (!was_frozen) from_.holds.PlaceMove(account_.id, {MoveState::kLeaving, to_.cell});
  try {
    return from_.volume.LockUser(account_.folder, kPatience);
  } catch (const SyncError&) {
    if (!was_frozen) from_.holds.EndMove(account_.id);
    throw;
  }
}

void AccountMove::Copy() {
  const Account arrived = to_.accounts.Arrive(account_, from_.cell);
  from_.devices.CopyTo(to_.devices, account_.id);
  Step("account");
  // Whoever syncs by a stale address may have made an empty folder.
  const fs::path target = to_.volume.UserFolder(arrived.folder);
  if (HasFiles(target)) return;  // it came into force, and nobody has been let in since
  CopyUser(FolderOf(from_.volume, account_.folder), Arriving(), disk_);
  Step("files");
  if (::rename(Arriving().c_str(), target.c_str()) != 0) ThrowErrno("rename to", target);
  SyncFolder(target.parent_path());
}

void AccountMove::Thaw() {
  // Not when it has left again since.
  if (to_.holds.MoveOf(account_.id) == MoveHold{MoveState::kArriving, from_.cell})
    to_.holds.EndMove(account_.id);
  Step("thaw");
}

void AccountMove::Undo() {
  if (is_switched())
    Refuse(account_.name + " is gone to " + to_.cell +
           " already: let the move end, and move it back from there");
  fs::remove_all(Arriving());
  if (to_.holds.MoveOf(account_.id) == MoveHold{MoveState::kArriving, from_.cell}) {
    // A row that leads back stays: there may have been one before.
    fs::remove_all(FolderOf(to_.volume, to_.accounts.Get(account_.name).folder));
    to_.holds.PlaceMove(account_.id, {MoveState::kGone, from_.cell});
  }
  Step("removed");
  from_.holds.EndMove(account_.id);
}

fs::path AccountMove::Arriving() const {
  return to_.volume.root() / "arriving" / std::to_string(Raw(account_.id));
}

bool AccountMove::KeepsData(const MoveEnd& left, const Account& account) {
  const auto move = left.holds.MoveOf(account.id);
  return move && move->state == MoveState::kGone && HasFiles(FolderOf(left.volume, account.folder));
}

bool AccountMove::Confirm(const MoveEnd& left, const Account& account) {
  if (!KeepsData(left, account)) return false;
  fs::remove_all(FolderOf(left.volume, account.folder));
  return true;
}

}  // namespace ankisync
