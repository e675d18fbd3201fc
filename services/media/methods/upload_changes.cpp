// SPDX-License-Identifier: AGPL-3.0-or-later
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/codec/json_read.h"
#include "common/codec/spooled_bytes.h"
#include "common/codec/zip_reader.h"
#include "common/storage/media/media_name.h"
#include "services/media/methods/envelope.h"
#include "services/media/methods/media_quota.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {
namespace {

constexpr std::size_t kMetaBytesMax = 51'200;

struct Entry {
  std::string name;
  std::optional<std::string> member;  // nothing: a deletion
};

using Members = std::map<std::string, ZipReader::Member>;

[[noreturn]] void Refuse(const std::string& why) {
  throw SyncError(ErrorKind::kMalformedRequest, "uploadChanges: " + why);
}

// What is beyond the bound is cut off, as the reference does: it may be blanks.
std::string ReadMetaText(const ZipReader& zip) {
  const auto meta = zip.Find(std::vector<std::string>{"_meta"})[0];
  if (!meta) Refuse("no _meta");
  const auto source = zip.Open(*meta);
  std::string text(kMetaBytesMax, '\0');
  std::size_t filled = 0;
  while (const std::size_t count = source->Read(std::span(text).subspan(filled))) filled += count;
  text.resize(filled);
  return text;
}

std::vector<Entry> ReadMeta(const ZipReader& zip) {
  const json::Document document = json::Document::Parse(ReadMetaText(zip));
  if (!document.root().is(json::Kind::kArray)) Refuse("_meta is no list");
  if (document.root().items().size() > kFilesMax) Refuse("too many entries");
  std::vector<Entry> entries;
  for (const json::Value& value : document.root().items()) {
    if (!value.is(json::Kind::kArray) || value.items().size() != 2) Refuse("an entry is no pair");
    const json::Value& member = value.items()[1];
    Entry& entry = entries.emplace_back();
    entry.name = json::Require(json::ReadText(value.items()[0]), "a file's name");
    if (member.is(json::Kind::kNull)) continue;
    entry.member = json::Require(json::ReadText(member), "a member's name");
    if (entry.member->empty()) entry.member.reset();  // how old AnkiDroid deletes
  }
  return entries;
}

// The members that additions name. Deletions are never refused: their client could do nothing about
// it, and would be stuck.
Members FindMembers(const std::vector<Entry>& entries, const ZipReader& zip,
                    std::uint64_t content_bytes_max) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (!entry.member) continue;
    if (const char* why = WhyNotAddable(entry.name)) Refuse("a file's name is " + std::string(why));
    names.push_back(*entry.member);
  }
  const auto found = zip.Find(names);
  Members members;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!found[i]) Refuse("a member is missing");
    if (found[i]->size == 0) Refuse("an empty file");
    if (found[i]->size > kFileBytesMax) Refuse("a file is too large");
    if (members.emplace(names[i], *found[i]).second) bytes += found[i]->size;
  }
  if (bytes > content_bytes_max)
    throw SyncError(ErrorKind::kTooLarge, "uploadChanges: the files are too large together");
  return members;
}

std::vector<PlannedChange> Planned(const std::vector<Entry>& entries, const Members& members) {
  std::vector<PlannedChange> changes;
  for (const Entry& entry : entries) {
    changes.push_back({entry.name, std::nullopt});
    if (entry.member) changes.back().bytes = members.at(*entry.member).size;
  }
  return changes;
}

}  // namespace

UploadResult UploadChanges(Request& request, UserMedia& media, const UploadLimits& limits,
                           const Quota& quota) {
  const SpooledBytes body(*request.payload, limits.spool_folder, limits.memory_bytes_max);
  const ZipReader zip(body);
  std::vector<Entry> entries = ReadMeta(zip);
  const Members members = FindMembers(entries, zip, limits.content_bytes_max);

  UploadResult result;
  const std::size_t fitting = CountFitting(Planned(entries, members), quota, media.index());
  result.has_no_room = fitting == 0 && !entries.empty();
  if (result.has_no_room) {
    std::erase_if(entries, [](const Entry& entry) { return entry.member.has_value(); });
  } else {
    entries.resize(fitting);
  }

  BlobBatch batch = media.NewBatch();
  std::map<std::string, MediaContent> contents;
  std::vector<UserMedia::Change> changes;
  for (const Entry& entry : entries) {
    changes.push_back({entry.name, std::nullopt});
    if (!entry.member) continue;
    const auto& member = members.at(*entry.member);
    const auto [content, is_new] = contents.try_emplace(*entry.member);
    if (is_new) {
      content->second = batch.Add(*zip.Open(member), member.crc32);
      result.bytes += member.size;
    }
    changes.back().content = content->second;
  }
  result.applied = media.Apply(changes, batch);
  if (result.has_no_room) {
    const MediaIndex::Totals totals = media.index().totals();
    result.reply = Refusal(MediaRefusal(quota, {0, totals.bytes, totals.files}));
    return result;
  }
  result.reply = Envelope([&](json::Writer& data) {
    data.StartArray().Int(entries.size()).Int(Raw(result.applied.last_usn)).EndArray();
  });
  return result;
}

}  // namespace ankisync::media
