// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/move_report.h"

#include "common/codec/json_writer.h"
#include "common/core/error.h"

namespace ankisync::ctl {
namespace {

using Prospects = std::vector<MoveIn::Prospect>;
using Failures = std::vector<MoveIn::Failure>;

constexpr std::size_t kRemarksShown = 10;  // per user; --json has all

std::string MiB(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

// What becomes of a user, or became.
const char* StandingOf(const MoveIn::Prospect& prospect, bool is_dry_run) {
  switch (prospect.standing) {
    case MoveIn::Standing::kDone:
      return "moved in before";
    case MoveIn::Standing::kRefused:
      return "refused";
    case MoveIn::Standing::kReady:
      return is_dry_run ? "would move in" : "moved in";
  }
  return "";
}

const MoveIn::Failure* FailureOf(const MoveIn::Prospect& prospect, const Failures& failures) {
  for (const MoveIn::Failure& failure : failures) {
    if (failure.user == prospect.user.name) return &failure;
  }
  return nullptr;
}

void Say(std::ostream& out, const MoveIn::Prospect& prospect, const Failures& failures,
         bool is_dry_run) {
  if (const MoveIn::Failure* failure = FailureOf(prospect, failures)) {
    out << prospect.user.name << ": failed, and held until it is imported: " << failure->why
        << "\n";
    return;
  }
  out << prospect.user.name << ": " << StandingOf(prospect, is_dry_run);
  if (prospect.standing == MoveIn::Standing::kReady) {
    out << ": collection " << MiB(prospect.collection_bytes) << ", " << prospect.media_files
        << " media files " << MiB(prospect.media_bytes) << ", "
        << (prospect.user.hkeys.empty() ? "devices must log in again" : "devices stay logged in");
  } else if (!prospect.why_refused.empty()) {
    out << ": " << prospect.why_refused;
  }
  out << "\n";
  for (std::size_t i = 0; i < prospect.remarks.size() && i < kRemarksShown; ++i)
    out << "    " << prospect.remarks[i] << "\n";
  if (prospect.remarks.size() > kRemarksShown)
    out << "    ... and " << prospect.remarks.size() - kRemarksShown << " more (--json)\n";
}

void WriteUser(json::Writer& json, const MoveIn::Prospect& prospect, const Failures& failures,
               bool is_dry_run) {
  const MoveIn::Failure* const failure = FailureOf(prospect, failures);
  json.StartObject().Key("user").Text(prospect.user.name);
  json.Key("outcome").Text(failure ? "failed" : StandingOf(prospect, is_dry_run));
  if (failure || !prospect.why_refused.empty())
    json.Key("why").Text(failure ? failure->why : prospect.why_refused);
  json.Key("collection_bytes").Int(static_cast<std::int64_t>(prospect.collection_bytes));
  json.Key("media_files").Int(static_cast<std::int64_t>(prospect.media_files));
  json.Key("media_bytes").Int(static_cast<std::int64_t>(prospect.media_bytes));
  json.Key("devices").Int(static_cast<std::int64_t>(prospect.user.hkeys.size()));
  json.Key("remarks").StartArray();
  for (const std::string& remark : prospect.remarks) json.Text(remark);
  json.EndArray().EndObject();
}

void Report(Context& context, const Prospects& prospects, const ForeignServer& server,
            const Failures& failures, bool is_dry_run) {
  if (!context.as_json) {
    for (const MoveIn::Prospect& prospect : prospects)
      Say(context.out, prospect, failures, is_dry_run);
    for (const std::string& remark : server.remarks) context.out << remark << "\n";
    return;
  }
  std::string text;
  json::Writer json(text);
  json.StartObject().Key("users").StartArray();
  for (const MoveIn::Prospect& prospect : prospects)
    WriteUser(json, prospect, failures, is_dry_run);
  json.EndArray().Key("remarks").StartArray();
  for (const std::string& remark : server.remarks) json.Text(remark);
  json.EndArray().EndObject();
  context.out << text << "\n";
}

}  // namespace

void Import(Context& context, OpenAccounts& open, const ForeignServer& server,
            const ImportOptions& options) {
  Holds holds(open.auth);
  WorkerPool disk(kDiskThreads);
  MoveIn move_in({open.volume, open.accounts, open.devices, holds, open.clock, disk});
  const Prospects prospects = move_in.Examine(server);
  move_in.RequireSpace(prospects, options.source);
  Failures failures;
  if (!options.is_dry_run)
    failures = move_in.Import(prospects, options.source, [](const MoveIn::Progress&) {});
  Report(context, prospects, server, failures, options.is_dry_run);
  if (!failures.empty())
    throw SyncError(ErrorKind::kInconsistentData, "not every user could be imported");
}

void ReportExport(Context& context, const std::string& user, const Exported& exported) {
  if (!context.as_json) {
    context.out << user << ": collection, " << exported.media_files << " media files\n";
    for (const std::string& remark : exported.remarks) context.out << "    " << remark << "\n";
    return;
  }
  std::string text;
  json::Writer json(text);
  json.StartObject().Key("user").Text(user);
  json.Key("media_files").Int(static_cast<std::int64_t>(exported.media_files));
  json.Key("media_bytes").Int(static_cast<std::int64_t>(exported.media_bytes));
  json.Key("remarks").StartArray();
  for (const std::string& remark : exported.remarks) json.Text(remark);
  json.EndArray().EndObject();
  context.out << text << "\n";
}

}  // namespace ankisync::ctl
