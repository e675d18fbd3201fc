// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncd/adopt.h"

#include <algorithm>

#include "common/core/files.h"
#include "common/storage/moving/move_in.h"
#include "common/storage/moving/official_server.h"
#include "common/storage/moving/python_server.h"

namespace ankisync {
namespace {

constexpr char kNoteFile[] = "MOVED-TO-ANKISYNCD.txt";

std::string Note(const std::filesystem::path& data, const char* way_back) {
  return "The users of the sync server that kept its files in this folder are served by ankisyncd\n"
         "now, from " +
         std::filesystem::absolute(data).string() +
         "\n"
         "The old files are as they were and are not used any more. When everything is well, they\n"
         "may be removed.\n"
         "\n" +
         way_back;
}

constexpr char kBackToOfficial[] =
    "To go back with what was synced since: stop ankisyncd, run\n"
    "    ankisyncctl --data THAT-FOLDER export official NEW-FOLDER\n"
    "and start the old server with SYNC_BASE=NEW-FOLDER.\n";

constexpr char kBackToPython[] =
    "To go back: stop ankisyncd and start the old server. What was synced since stays with\n"
    "ankisyncd; its devices will ask which side to keep.\n";

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

void Adopt(Host& host, const Say& say, const ForeignServer& server) {
  WorkerPool disk(kDiskThreads);
  MoveIn move_in(
      {host.volume(), host.accounts(), host.devices(), host.holds(), host.clock(), disk});
  const auto prospects = move_in.Examine(server);
  if (std::ranges::any_of(prospects, IsReady)) {
    move_in.RequireSpace(prospects, SourceFiles::kStay);
    host.log().Info("moving in from another server");
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
}

void LeaveNote(const std::filesystem::path& folder, const std::string& note) {
  if (!std::filesystem::exists(folder / kNoteFile))
    WriteFileAtomically(folder / kNoteFile, note, 0644);
}

}  // namespace

void AdoptOtherServer(Host& host, const Say& say) {
  const std::filesystem::path& data = host.volume().root();
  if (IsOfficialBase(data)) {
    say("looking at what the official server left");
    Adopt(host, say, ReadOfficialServer(data, EnvironmentAccountsOf(host.config())));
    LeaveNote(data, Note(data, kBackToOfficial));
  }
  if (const auto& old = host.config().python_server; old && !old->data_root.empty()) {
    say("looking at what the Python server left");
    Adopt(host, say,
          ReadPythonServer({old->data_root, old->auth_db, old->session_db}, host.spool().folder()));
    if (std::filesystem::exists(old->data_root))
      LeaveNote(old->data_root, Note(data, kBackToPython));
  }
}

}  // namespace ankisync
