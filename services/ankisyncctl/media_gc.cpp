// SPDX-License-Identifier: AGPL-3.0-or-later
#include <chrono>
#include <memory>

#include "common/codec/json_writer.h"
#include "common/storage/media/collect.h"
#include "services/ankisyncctl/duration.h"
#include "services/ankisyncctl/media_users.h"

namespace ankisync::ctl {
namespace {

void Print(std::ostream& out, const std::string& user, const MediaCollected& collected) {
  out << user << ": " << collected.blobs << " blobs removed, " << SizeText(collected.bytes);
  if (collected.orphans > 0) out << "; " << collected.orphans << " of them left by a crash";
  if (collected.temporaries > 0) out << "; " << collected.temporaries << " unfinished uploads";
  out << "\n";
}

void Write(json::Writer& out, const std::string& user, const MediaCollected& collected) {
  out.StartObject().Key("user").Text(user);
  out.Key("former").Int(collected.former).Key("blobs").Int(collected.blobs);
  out.Key("bytes").Int(collected.bytes).Key("orphans").Int(collected.orphans);
  out.Key("temporaries").Int(collected.temporaries).EndObject();
}

}  // namespace

Action DefineMediaGc(CLI::App& command_line) {
  struct Options {
    std::string user;
    std::optional<std::chrono::seconds> retention;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, kUserHelp);
  AddDuration(command_line, "--retention", options->retention,
              "Remove what was replaced or deleted longer ago than this")
      // No default: the servers' own may stand in a file that this command does not read.
      ->envname("ANKISYNCD_STORAGE_MEDIA_RETENTION")
      ->required();
  return [options](Context& context) {
    std::string json;
    json::Writer out(json);
    out.StartArray();
    ForEachMedia(context, options->user, [&](const std::string& user, UserMedia& media) {
      const MediaCollected collected = CollectMedia(media, *options->retention);
      if (context.as_json) {
        Write(out, user, collected);
      } else {
        Print(context.out, user, collected);
      }
    });
    out.EndArray();
    if (context.as_json) context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
