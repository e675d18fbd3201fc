// SPDX-License-Identifier: AGPL-3.0-or-later
#include <iomanip>
#include <memory>

#include "common/codec/json_writer.h"
#include "common/storage/media/verify.h"
#include "services/ankisyncctl/media_users.h"

namespace ankisync::ctl {
namespace {

void Print(std::ostream& out, const MediaIndex::Statistics& index, const MediaBlobs& blobs) {
  const auto line = [&out](const char* what, std::int64_t count, std::int64_t bytes) {
    out << "  " << std::left << std::setw(18) << what << std::right << std::setw(9) << count
        << std::setw(12) << SizeText(bytes) << "\n";
  };
  line("files", index.totals.files, index.totals.bytes);
  line("to be undone", index.former, index.former_bytes);
  line("blobs on disk", blobs.blobs, blobs.bytes);
  line("referred by none", blobs.orphans, blobs.orphan_bytes);
  out << "  deleted names " << index.deleted << ", lost files " << index.withdrawn << ", last usn "
      << Raw(index.totals.last_usn) << "\n";
}

void Write(json::Writer& out, const MediaIndex::Statistics& index, const MediaBlobs& blobs) {
  const std::pair<const char*, std::int64_t> numbers[] = {{"files", index.totals.files},
                                                          {"bytes", index.totals.bytes},
                                                          {"former", index.former},
                                                          {"former_bytes", index.former_bytes},
                                                          {"blobs", blobs.blobs},
                                                          {"blob_bytes", blobs.bytes},
                                                          {"orphans", blobs.orphans},
                                                          {"orphan_bytes", blobs.orphan_bytes},
                                                          {"deleted", index.deleted},
                                                          {"lost", index.withdrawn},
                                                          {"last_usn", Raw(index.totals.last_usn)},
                                                          {"epoch", index.totals.epoch}};
  for (const auto& [key, number] : numbers) out.Key(key).Int(number);
}

}  // namespace

Action DefineMediaStats(CLI::App& command_line) {
  const auto user = std::make_shared<std::string>();
  command_line.add_option("USER", *user, kUserHelp);
  return [user](Context& context) {
    std::string json;
    json::Writer out(json);
    out.StartArray();
    ForEachMedia(context, *user, [&](const std::string& name, UserMedia& media) {
      const MediaIndex::Statistics index = media.index().Count();
      const MediaBlobs blobs = CountBlobs(media);
      if (!context.as_json) {
        context.out << name << "\n";
        Print(context.out, index, blobs);
        return;
      }
      out.StartObject().Key("user").Text(name);
      Write(out, index, blobs);
      out.EndObject();
    });
    out.EndArray();
    if (context.as_json) context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
