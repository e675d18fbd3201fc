// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/media/verify.h"
#include "services/ankisyncctl/media_users.h"

namespace ankisync::ctl {
namespace {

constexpr int kRowsAtOnce = 1024;

// Files whose content is lost, found now or before.
std::vector<std::string> LostNames(MediaIndex& index) {
  std::vector<std::string> lost;
  std::vector<MediaIndex::Row> rows;
  std::string last_name;
  do {
    rows = index.RowsAfter(last_name, kRowsAtOnce);
    for (const MediaIndex::Row& row : rows) {
      if (row.state == MediaIndex::State::kWithdrawn) lost.push_back(row.name);
      last_name = row.name;
    }
  } while (rows.size() == kRowsAtOnce);
  return lost;
}

struct Report {
  MediaFindings findings;
  MediaBlobs blobs;
  std::vector<std::string> lost;
};

void Print(std::ostream& out, const std::string& user, const Report& report) {
  const auto& [findings, blobs, lost] = report;
  out << user << ": " << findings.rows << " files, " << findings.rows - findings.lost << " sound";
  if (findings.reinstated > 0) out << ", " << findings.reinstated << " found again";
  if (findings.totals_were_wrong) out << ", wrong totals corrected";
  if (blobs.orphans > 0) {
    out << ", " << blobs.orphans << " blobs (" << SizeText(blobs.orphan_bytes)
        << ") that nothing refers to, for media gc";
  }
  out << "\n";
  for (const std::string& name : lost) {
    out << "  lost, until a device that has it syncs: " << name << "\n";
  }
}

void Write(json::Writer& out, const std::string& user, const Report& report) {
  const auto& [findings, blobs, lost] = report;
  out.StartObject().Key("user").Text(user);
  out.Key("files").Int(findings.rows).Key("withdrawn").Int(findings.lost);
  out.Key("reinstated").Int(findings.reinstated);
  out.Key("totals_corrected").Bool(findings.totals_were_wrong);
  out.Key("orphans").Int(blobs.orphans).Key("orphan_bytes").Int(blobs.orphan_bytes);
  out.Key("lost").StartArray();
  for (const std::string& name : lost) out.Text(name);
  out.EndArray().EndObject();
}

}  // namespace

Action DefineMediaVerify(CLI::App& command_line) {
  struct Options {
    std::string user;
    bool is_quick = false;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, kUserHelp);
  command_line.add_flag("--quick", options->is_quick, "Look at sizes only, do not read contents");
  return [options](Context& context) {
    const auto depth = options->is_quick ? BlobStore::Depth::kSize : BlobStore::Depth::kContent;
    std::size_t lost = 0;
    std::string json;
    json::Writer out(json);
    out.StartArray();
    ForEachMedia(context, options->user, [&](const std::string& user, UserMedia& media) {
      Report report{VerifyMedia(media, depth), CountBlobs(media), LostNames(media.index())};
      lost += report.lost.size();
      if (context.as_json) {
        Write(out, user, report);
      } else {
        Print(context.out, user, report);
      }
    });
    out.EndArray();
    if (context.as_json) context.out << json << "\n";
    context.out.flush();
    if (lost > 0) {
      throw SyncError(ErrorKind::kInconsistentData,
                      std::to_string(lost) + " media files are lost, until devices send them");
    }
  };
}

}  // namespace ankisync::ctl
