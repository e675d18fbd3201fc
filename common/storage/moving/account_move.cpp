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

void Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) ThrowErrno("rename to", to);
  SyncFolder(to.parent_path());
}

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
  if (from && from->state == MoveState::kGone && to &&
      *to != MoveHold{MoveState::kArriving, from_.cell})
    Refuse(name + " went on from cell " + to_.cell + " since: it is " + ReasonOf(*to) + " there");
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
  // What arrived before a kill is whole only if it came into force.
  const bool is_copied = IsInForce();
  if (!is_copied) fs::create_directories(Arriving());
  const Account arrived = to_.accounts.Arrive(account_, from_.cell);
  from_.devices.CopyTo(to_.devices, account_.id);
  Step("account");
  if (is_copied) return;  // and nobody has been let in since
  CopyUser(FolderOf(from_.volume, account_.folder), Arriving(), disk_);
  Step("files");
  // Whoever syncs by a stale address may have made an empty folder, and other commands a lock.
  const fs::path target = to_.volume.UserFolder(arrived.folder);
  fs::remove(target / "lock");
  Rename(Arriving(), target);
}

bool AccountMove::IsArriving() const {
  return to_.holds.MoveOf(account_.id) == MoveHold{MoveState::kArriving, from_.cell};
}

bool AccountMove::IsInForce() const {
  return IsArriving() && !fs::exists(Arriving()) && HasFiles(Target());
}

fs::path AccountMove::Target() const {
  return FolderOf(to_.volume, to_.accounts.Get(account_.name).folder);
}

void AccountMove::Thaw() {
  if (IsArriving()) to_.holds.EndMove(account_.id);  // not when it has left again since
  Step("thaw");
}

void AccountMove::Undo() {
  if (is_switched())
    Refuse(account_.name + " is gone to " + to_.cell +
           " already: let the move end, and move it back from there");
  if (IsArriving()) {
    // Out of force at once, and only then removed: the move may yet go on after a kill.
    if (IsInForce()) Rename(Target(), Arriving());
    Step("out of force");
    // A row that leads back stays: there may have been one before.
    to_.holds.PlaceMove(account_.id, {MoveState::kGone, from_.cell});
  }
  fs::remove_all(Arriving());
  Step("removed");
  from_.holds.EndMove(account_.id);
}

fs::path AccountMove::Arriving() const {
  return to_.volume.root() / "arriving" / std::to_string(Raw(account_.id));
}

bool AccountMove::KeepsData(const MoveEnd& left, const Account& account) {
  const auto move = left.holds.MoveOf(account.id);
  return move && move->state == MoveState::kGone &&
         (HasFiles(FolderOf(left.volume, account.folder)) || fs::exists(Left(left, account)));
}

bool AccountMove::Confirm(const MoveEnd& left, const Account& account) {
  if (!KeepsData(left, account)) return false;
  // Out of the way first: a server that still has the index of media open looks for side files by
  // their names, and makes them.
  const fs::path folder = FolderOf(left.volume, account.folder);
  const fs::path trash = Left(left, account);
  if (HasFiles(folder)) {
    fs::remove_all(trash);
    fs::create_directories(trash.parent_path());
    Rename(folder, trash);
  }
  fs::remove_all(trash);
  return true;
}

fs::path AccountMove::Left(const MoveEnd& left, const Account& account) {
  return left.volume.root() / "left" / std::to_string(Raw(account.id));
}

}  // namespace ankisync
