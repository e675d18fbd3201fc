// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/move_in.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/utc_text.h"
#include "common/storage/accounts/user_name.h"
#include "common/storage/collection/generations.h"
#include "common/storage/moving/import_collection.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr char kReason[] = "moving";
constexpr char kSentence[] =
    "Your account is being moved to this server. Please try again in a few minutes.";
constexpr char kDeviceLabel[] = "moved in with the account";
constexpr std::chrono::seconds kLockWait{10};
constexpr char kOnItsWay[] = "moving-in.json";
constexpr char kDone[] = "moved-in.json";

std::uint64_t BytesOf(const fs::path& file) {
  std::error_code none;
  const std::uintmax_t bytes = fs::file_size(file, none);
  return none ? 0 : bytes;
}

bool HasData(const fs::path& user_folder) {
  return Generations(user_folder).current() != 0 || fs::exists(UserMedia::IndexFile(user_folder));
}

// A row of session.db is read back nowhere: whether a key is there shows when it is registered.
bool IsThereAlready(const SyncError& error) { return error.kind() == ErrorKind::kInconsistentData; }

}  // namespace

std::vector<MoveIn::Prospect> MoveIn::Examine(const ForeignServer& server) const {
  std::vector<Prospect> prospects;
  for (const ForeignUser& user : server.users) {
    Prospect& prospect = prospects.emplace_back();
    prospect.user = user;
    try {
      CheckUserName(user.name);
    } catch (const SyncError& error) {
      prospect.standing = Standing::kRefused;
      prospect.why_refused = error.what();
      continue;
    }
    const auto account = tools_.accounts.Find(user.name);
    if (account) {
      const fs::path folder = tools_.volume.UserFolder(account->folder);
      if (fs::exists(folder / kDone)) {
        prospect.standing = Standing::kDone;
        continue;
      }
      if (!fs::exists(folder / kOnItsWay) && HasData(folder)) {
        prospect.standing = Standing::kRefused;
        prospect.why_refused = "the account has data here already";
        continue;
      }
    } else if (user.password_hash.empty()) {
      prospect.standing = Standing::kRefused;
      prospect.why_refused = "its password is not known: ankisyncctl user add makes the account";
      continue;
    }
    const MediaPlan plan = PlanMedia(ReadForeignMedia(user.folder, tools_.volume.root()));
    const fs::path collection = user.folder / "collection.anki2";
    prospect.collection_bytes = BytesOf(collection) + BytesOf(collection.string() + "-wal");
    prospect.media_files = plan.entries.size();
    prospect.media_bytes = plan.bytes;
    prospect.remarks = plan.remarks;
  }
  return prospects;
}

void MoveIn::RequireSpace(const std::vector<Prospect>& prospects, SourceFiles source) const {
  std::uint64_t needed = 0;
  for (const Prospect& prospect : prospects) {
    if (prospect.standing != Standing::kReady) continue;
    const fs::path collection = prospect.user.folder / "collection.anki2";
    const bool is_free = fs::exists(collection) && CanShareBlocks(collection, tools_.volume.root());
    needed += prospect.collection_bytes;  // the check may rewrite it
    if (is_free) continue;
    needed += source == SourceFiles::kStay ? prospect.media_bytes
                                           : std::min(prospect.media_bytes, kImportedBytesAtOnce);
  }
  struct statvfs disk {};
  if (::statvfs(tools_.volume.root().c_str(), &disk) != 0)
    ThrowErrno("ask for the free space of", tools_.volume.root());
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (needed <= free) return;
  throw SyncError(ErrorKind::kUnavailable,
                  "moving in takes " + std::to_string(needed >> 20) + " MiB and " +
                      tools_.volume.root().string() + " has " + std::to_string(free >> 20) +
                      " MiB left: make room, or give the old files away while they are copied "
                      "(--move)");
}

std::vector<MoveIn::Failure> MoveIn::Import(const std::vector<Prospect>& prospects,
                                            SourceFiles source, const OnProgress& progress) {
  std::vector<Failure> failures;
  for (std::size_t i = 0; i < prospects.size(); ++i) {
    const Prospect& prospect = prospects[i];
    if (prospect.standing != Standing::kReady) continue;
    Progress now{prospect.user.name, i + 1, prospects.size(), 0, prospect.media_files};
    progress(now);
    try {
      ImportHeld(prospect, source, [&](std::uint64_t files) {
        now.files = files;
        progress(now);
      });
    } catch (const SyncError& error) {
      if (error.kind() != ErrorKind::kInconsistentData) throw;
      failures.push_back({prospect.user.name, error.what()});
    }
  }
  return failures;
}

void MoveIn::ImportHeld(const Prospect& prospect, SourceFiles source,
                        const std::function<void(std::uint64_t)>& files_done) {
  const Account account = AccountFor(prospect.user);
  tools_.holds.Place(account.id, kReason, kSentence);
  {
    const FileLock lock = tools_.volume.LockUser(account.folder, kLockWait);
    ImportUser(prospect.user, account, source, files_done);
  }
  tools_.holds.Lift(account.id, kReason);
}

Account MoveIn::AccountFor(const ForeignUser& user) {
  if (auto account = tools_.accounts.Find(user.name)) return *std::move(account);
  return tools_.accounts.Add(user.name, user.password_hash).account;
}

void MoveIn::ImportUser(const ForeignUser& user, const Account& account, SourceFiles source,
                        const std::function<void(std::uint64_t)>& files_done) {
  const fs::path folder = tools_.volume.UserFolder(account.folder);
  if (fs::exists(folder / kDone)) return;
  std::string origin;
  json::Writer(origin)
      .StartObject()
      .Key("from")
      .Text(fs::absolute(user.folder).string())
      .Key("begun")
      .Text(UtcText(tools_.clock.Now()))
      .EndObject();
  WriteFileAtomically(folder / kOnItsWay, origin);

  {
    UserMedia media(folder, {tools_.disk, tools_.clock, {}});
    ImportMedia(PlanMedia(ReadForeignMedia(user.folder, folder)), source, media, files_done);
  }
  ImportCollection(user.folder / "collection.anki2", source, folder, tools_.clock.Now());
  RegisterDevices(user, account);

  if (::rename((folder / kOnItsWay).c_str(), (folder / kDone).c_str()) != 0)
    ThrowErrno("rename to", folder / kDone);
  SyncFolder(folder);
}

void MoveIn::RegisterDevices(const ForeignUser& user, const Account& account) {
  for (const std::string& hkey : user.hkeys) {
    try {
      tools_.devices.Register(account.id, hkey, {}, kDeviceLabel);
    } catch (const SyncError& error) {
      if (!IsThereAlready(error)) throw;
    }
  }
}

}  // namespace ankisync
