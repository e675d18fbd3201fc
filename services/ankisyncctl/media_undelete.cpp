// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <iomanip>
#include <memory>
#include <optional>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/utc_text.h"
#include "common/storage/media/undelete.h"
#include "services/ankisyncctl/duration.h"
#include "services/ankisyncctl/media_users.h"

namespace ankisync::ctl {
namespace {

using Former = MediaIndex::Former;

struct Options {
  std::string user;
  std::vector<std::string> names;
  std::optional<std::chrono::seconds> deleted_within;
};

const char* StateOf(const Former& file) {
  return file.state == MediaIndex::State::kDeleted ? "deleted" : "replaced";
}

std::string EndOf(const Former& file) { return UtcText(UnixMillis{Raw(file.ended) * 1000}); }

void Print(std::ostream& out, const std::vector<Former>& files) {
  if (files.empty()) {
    out << "Nothing was deleted or replaced lately.\n";
    return;
  }
  const auto print = [&out](auto when, auto what, auto size, auto name) {
    out << std::left << std::setw(22) << when << std::setw(10) << what << std::right
        << std::setw(10) << size << "  " << name << "\n";
  };
  print("WHEN", "WHAT", "SIZE", "NAME");
  for (const Former& file : files) {
    print(EndOf(file), StateOf(file), SizeText(static_cast<std::int64_t>(file.content.size)),
          file.name);
  }
}

void PrintJson(std::ostream& out, const std::vector<Former>& files) {
  std::string json;
  json::Writer writer(json);
  writer.StartArray();
  for (const Former& file : files) {
    writer.StartObject().Key("name").Text(file.name);
    writer.Key("what").Text(StateOf(file)).Key("when").Text(EndOf(file));
    writer.Key("bytes").Int(static_cast<std::int64_t>(file.content.size));
    writer.Key("sha1").Text(Hex(file.content.sha1)).EndObject();
  }
  writer.EndArray();
  out << json << "\n";
}

// Those that the operator means.
std::vector<Former> Chosen(const Options& options, UserMedia& media) {
  const UnixSeconds since{
      options.deleted_within ? Raw(media.now()) - options.deleted_within->count() : 0};
  std::vector<Former> files = media.index().FormerSince(since);
  if (options.deleted_within) {
    std::erase_if(files,
                  [](const Former& file) { return file.state != MediaIndex::State::kDeleted; });
    return files;
  }
  std::vector<Former> chosen;
  for (const std::string& name : options.names) {
    const auto found = std::ranges::find(files, name, &Former::name);
    if (found == files.end()) {
      throw SyncError(ErrorKind::kInconsistentData,
                      name + " is not among what can be brought back; nothing was changed");
    }
    chosen.push_back(*found);
  }
  return chosen;
}

void BringBack(Context& context, UserMedia& media, const std::vector<Former>& files) {
  const std::vector<std::string> lost = Undelete(media, files);
  if (context.as_json) {
    std::string json;
    json::Writer writer(json);
    writer.StartObject().Key("brought_back").Int(files.size() - lost.size());
    writer.Key("lost").StartArray();
    for (const std::string& name : lost) writer.Text(name);
    writer.EndArray().EndObject();
    context.out << json << "\n";
  } else {
    context.out << files.size() - lost.size() << " files are back; devices get them as they sync\n";
    for (const std::string& name : lost) context.out << "  content lost: " << name << "\n";
  }
  context.out.flush();
  if (!lost.empty()) {
    throw SyncError(ErrorKind::kInconsistentData,
                    std::to_string(lost.size()) + " files could not be brought back");
  }
}

}  // namespace

Action DefineMediaUndelete(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  command_line.add_option("USER", options->user, "The account")->required();
  CLI::Option* const names = command_line.add_option(
      "NAME", options->names,
      "Files whose former content is to be live again; without any, what can be brought back");
  AddDuration(command_line, "--deleted-within", options->deleted_within,
              "All that was deleted within this time")
      ->excludes(names);
  return [options](Context& context) {
    ForEachMedia(context, options->user, [&](const std::string&, UserMedia& media) {
      if (!options->names.empty() || options->deleted_within) {
        BringBack(context, media, Chosen(*options, media));
      } else {
        (context.as_json ? PrintJson : Print)(context.out,
                                              media.index().FormerSince(UnixSeconds{}));
      }
    });
  };
}

}  // namespace ankisync::ctl
