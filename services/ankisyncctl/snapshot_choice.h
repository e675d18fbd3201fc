// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "common/codec/json_writer.h"
#include "common/storage/snapshots/snapshot_folder.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

// What the commands about snapshots have in common.
namespace ankisync::ctl {

inline constexpr std::chrono::minutes kSnapshotLockWait{2};  // one that is being made

// "USER SNAPSHOT", as given.
struct SnapshotChoice {
  std::string user;
  std::string snapshot;
};
std::shared_ptr<SnapshotChoice> DefineSnapshotChoice(CLI::App& command_line);

// One account's snapshots.
struct UserSnapshots {
  UserSnapshots(const std::filesystem::path& data, const std::string& user)
      : open(data), account(open.accounts.Get(user)) {}

  OpenAccounts open;
  Account account;
  std::filesystem::path user_folder = open.volume.UserFolder(account.folder);
  SnapshotFolder snapshots{user_folder};
  std::filesystem::path present = user_folder / "collection.anki2";
};

std::string SizeText(std::uint64_t bytes);                    // "12.3 MiB"
std::string CountText(std::int64_t count, const char* noun);  // "1 note", "2 notes"

// An object.
void WriteJson(json::Writer& out, const Snapshot& snapshot);

}  // namespace ankisync::ctl
