// SPDX-License-Identifier: AGPL-3.0-or-later
#include <iomanip>
#include <memory>
#include <optional>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"
#include "services/ankisyncctl/usage.h"

namespace ankisync::ctl {
namespace {

struct Line {
  std::string user;
  Quota quota;
  Usage usage;
};

Line LineOf(const OpenAccounts& open, const Account& account) {
  return {account.name, account.quota, UsageOf(open.volume, account.folder)};
}

void Print(std::ostream& out, const std::vector<Line>& lines) {
  const auto print = [&out](const std::string& collection, const std::string& media,
                            const std::string& files, const std::string& user) {
    out << std::left << std::setw(26) << collection << std::setw(26) << media << std::setw(18)
        << files << user << "\n";
  };
  print("COLLECTION", "MEDIA", "FILES", "USER");
  for (const auto& [user, quota, usage] : lines) {
    print(OfBound(usage.collection_bytes, quota.collection_bytes_max, SizeText),
          OfBound(usage.media_bytes, quota.media_bytes_max, SizeText),
          OfBound(usage.media_files, quota.media_files_max, CountText), user);
  }
}

void WriteBound(json::Writer& out, std::string_view key, std::optional<std::int64_t> bound) {
  out.Key(key);
  if (bound) {
    out.Int(*bound);
  } else {
    out.Null();
  }
}

void WriteJson(json::Writer& out, const Line& line) {
  out.StartObject()
      .Key("user")
      .Text(line.user)
      .Key("collection_bytes")
      .Int(line.usage.collection_bytes);
  WriteBound(out, "collection_bytes_max", line.quota.collection_bytes_max);
  out.Key("media_bytes").Int(line.usage.media_bytes);
  WriteBound(out, "media_bytes_max", line.quota.media_bytes_max);
  out.Key("media_files").Int(line.usage.media_files);
  WriteBound(out, "media_files_max", line.quota.media_files_max);
  out.EndObject();
}

void PrintJson(std::ostream& out, const std::vector<Line>& lines) {
  std::string json;
  json::Writer writer(json);
  writer.StartArray();
  for (const Line& line : lines) WriteJson(writer, line);
  writer.EndArray();
  out << json << "\n";
}

std::optional<std::int64_t> BoundOf(const std::string& text) {
  if (text == "none") return std::nullopt;
  const auto bound = ParseSize(text);
  if (!bound) throw CLI::ValidationError(text + " is no size: say 100MiB, 2GiB, or none");
  return bound;
}

}  // namespace

Action DefineQuotaShow(CLI::App& command_line) {
  const auto name = std::make_shared<std::string>();
  command_line.add_option("NAME", *name, "Of this account alone");
  return [name](Context& context) {
    OpenAccounts open(context.data);
    std::vector<Line> lines;
    if (name->empty()) {
      for (const Account& account : open.accounts.List()) lines.push_back(LineOf(open, account));
    } else {
      lines.push_back(LineOf(open, open.accounts.Get(*name)));
    }
    (context.as_json ? PrintJson : Print)(context.out, lines);
  };
}

Action DefineQuotaSet(CLI::App& command_line) {
  struct Options {
    std::string name;
    std::optional<std::string> collection;
    std::optional<std::string> media;
    std::optional<std::string> files;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "The account")->required();
  command_line
      .add_option("--collection", options->collection,
                  "Bytes of cards, notes and reviews: 100MiB, or none for no bound")
      ->type_name("SIZE");
  command_line.add_option("--media", options->media, "Bytes of media files, or none")
      ->type_name("SIZE");
  command_line.add_option("--files", options->files, "Number of media files, or none")
      ->type_name("COUNT");
  return [options](Context& context) {
    if (!options->collection && !options->media && !options->files)
      throw CLI::ValidationError("say which: --collection, --media or --files");
    OpenAccounts open(context.data);
    Account account = open.accounts.Get(options->name);
    Quota& quota = account.quota;
    if (options->collection) quota.collection_bytes_max = BoundOf(*options->collection);
    if (options->media) quota.media_bytes_max = BoundOf(*options->media);
    if (options->files) quota.media_files_max = BoundOf(*options->files);
    open.accounts.SetQuota(account.name, quota);
    (context.as_json ? PrintJson : Print)(context.out, {LineOf(open, account)});
  };
}

}  // namespace ankisync::ctl
