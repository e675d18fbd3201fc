// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string>
#include <vector>

#include "common/codec/crc32.h"
#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/stored_zip.h"
#include "common/storage/media/verify.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {
namespace {

std::vector<std::string> ReadNames(Request& request) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "downloadFiles");
  const json::Value& files = json::RequireMember(object, "files");
  if (!files.is(json::Kind::kArray) || files.items().size() > kFilesMax)
    throw SyncError(ErrorKind::kMalformedRequest, "downloadFiles: no list, or too long a list");
  std::vector<std::string> names;
  for (const json::Value& name : files.items())
    names.emplace_back(json::Require(json::ReadText(name), "a file's name"));
  return names;
}

// What the first of `names` hold, until they are enough for one zip. The client counts the members
// and asks again for the rest, so nothing may be left out in the middle.
std::vector<MediaContent> Choose(const std::vector<std::string>& names, MediaIndex& index) {
  std::vector<MediaContent> chosen;
  std::uint64_t bytes = 0;
  for (const auto& content : index.Live(names)) {
    if (bytes > kZipBytesAimed) break;
    if (!content)
      throw SyncError(ErrorKind::kSessionConflict, "downloadFiles: a name that is not live");
    chosen.push_back(*content);
    bytes += content->size;
  }
  return chosen;
}

// Where one content is lost, more may be: all are looked at, so that a device need not come by once
// for every 25.
void EnsureIntact(const std::vector<MediaContent>& contents, UserMedia& media) {
  std::vector<MediaContent> suspects;
  for (const MediaContent& content : contents) {
    if (!media.blobs().Holds(content, BlobStore::Depth::kContent)) suspects.push_back(content);
  }
  if (suspects.empty()) return;
  const std::int64_t withdrawn = media.WithdrawLost(suspects);
  throw FilesLost(withdrawn + VerifyMedia(media, BlobStore::Depth::kSize).lost);
}

StoredZip::Member MetaMember(const std::vector<std::string>& names, std::size_t files) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  for (std::size_t i = 0; i < files; ++i) out.Key(std::to_string(i)).Text(names[i]);
  out.EndObject();
  return {"_meta", text.size(), Crc32(text),
          [text] { return std::make_unique<StringSource>(text); }};
}

}  // namespace

DownloadResult DownloadFiles(Request& request, UserMedia& media) {
  const std::vector<std::string> names = ReadNames(request);
  const std::vector<MediaContent> contents = Choose(names, media.index());
  EnsureIntact(contents, media);

  DownloadResult result;
  std::vector<StoredZip::Member> members;
  for (const MediaContent& content : contents) {
    members.push_back({std::to_string(members.size()), content.size, content.crc32,
                       [blobs = media.blobs(), content] { return blobs.Open(content); }});
    result.bytes += content.size;
  }
  result.files = static_cast<std::int64_t>(contents.size());
  members.push_back(MetaMember(names, contents.size()));  // the last one, as clients expect
  result.reply.payload = std::make_unique<StoredZip>(std::move(members));
  return result;
}

}  // namespace ankisync::media
