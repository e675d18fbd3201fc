// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncd/adopt.h"

#include <algorithm>

#include "common/core/files.h"
#include "common/storage/moving/move_in.h"
#include "common/storage/moving/official_server.h"

namespace ankisync {
namespace {

constexpr char kNoteFile[] = "MOVED-TO-ANKISYNCD.txt";
constexpr char kNote[] =
    "The users of the Anki sync server that kept its files in this folder are served by ankisyncd\n"
    "now, from collections/ beside this note. Their old folders are as they were and are not used\n"
    "any more.\n"
    "\n"
    "To go back with what was synced since: stop ankisyncd, run\n"
    "    ankisyncctl --data THIS-FOLDER export official NEW-FOLDER\n"
    "and start the old server with SYNC_BASE=NEW-FOLDER.\n"
    "\n"
    "When everything is well, the old folders (one per user, with collection.anki2, media and\n"
    "media.db in it) may be removed.\n";

constexpr int kDiskThreads = 8;  // for fsyncs

using Standing = MoveIn::Standing;

std::string Describe(const MoveIn::Progress& now) {
  return "moving in: user " + std::to_string(now.number) + " of " + std::to_string(now.users) +
         ", media file " + std::to_string(now.files) + " of " + std::to_string(now.files_all);
}

bool IsReady(const MoveIn::Prospect& prospect) { return prospect.standing == Standing::kReady; }

void Tell(Log& log, const MoveIn::Prospect& prospect) {
  if (prospect.standing == Standing::kRefused) {
    log.Warning("not moved in", {{"user", prospect.user.name}, {"reason", prospect.why_refused}});
  } else if (IsReady(prospect)) {
    log.Info("moved in", {{"user", prospect.user.name},
                          {"collection_bytes", prospect.collection_bytes},
                          {"media_files", prospect.media_files},
                          {"media_bytes", prospect.media_bytes}});
  }
  for (const std::string& remark : prospect.remarks)
    log.Warning("moved in but for this", {{"user", prospect.user.name}, {"reason", remark}});
}

}  // namespace

void AdoptOfficialServer(Host& host, const Say& say) {
  const std::filesystem::path& base = host.volume().root();
  if (!IsOfficialBase(base)) return;
  say("looking at what the official server left");
  WorkerPool disk(kDiskThreads);
  MoveIn move_in(
      {host.volume(), host.accounts(), host.devices(), host.holds(), host.clock(), disk});
  const auto prospects =
      move_in.Examine(ReadOfficialServer(base, EnvironmentAccountsOf(host.config())));
  if (std::ranges::any_of(prospects, IsReady)) {
    move_in.RequireSpace(prospects, SourceFiles::kStay);
    host.log().Info("moving in from the official server", {{"folder", base.string()}});
  }
  const auto failures = move_in.Import(prospects, SourceFiles::kStay,
                                       [&](const MoveIn::Progress& now) { say(Describe(now)); });
  for (const MoveIn::Prospect& prospect : prospects) {
    if (std::ranges::find(failures, prospect.user.name, &MoveIn::Failure::user) == failures.end())
      Tell(host.log(), prospect);
  }
  for (const MoveIn::Failure& failure : failures) {
    host.log().Error("could not move in, and is held until that is mended",
                     {{"user", failure.user}, {"reason", failure.why}});
  }
  if (!std::filesystem::exists(base / kNoteFile))
    WriteFileAtomically(base / kNoteFile, kNote, 0644);
}

}  // namespace ankisync
