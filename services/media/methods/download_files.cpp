// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <string>
#include <vector>

#include "common/codec/crc32.h"
#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/stored_zip.h"
#include "common/core/files.h"
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

using File = std::shared_ptr<const UniqueFd>;

// Where one content is lost, more may be: all are looked at, so that a device need not come by once
// for every 25.
std::vector<File> OpenIntact(const std::vector<MediaContent>& contents, UserMedia& media) {
  std::vector<MediaContent> suspects;
  std::vector<File> files;
  for (const MediaContent& content : contents) {
    files.push_back(media.blobs().OpenIntact(content));
    if (!files.back()) suspects.push_back(content);
  }
  if (suspects.empty()) return files;
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

// Kept open from the check on, while there is room for that: a client may take its time.
DownloadResult DownloadFiles(Request& request, UserMedia& media,
                             const std::shared_ptr<http::Budget>& open_files) {
  const std::vector<std::string> names = ReadNames(request);
  const std::vector<MediaContent> contents = Choose(names, media.index());
  std::vector<File> files = OpenIntact(contents, media);
  const auto share = std::make_shared<http::BudgetShare>(open_files);
  if (!share->GrowTo(files.size())) files.assign(files.size(), nullptr);

  DownloadResult result;
  std::vector<StoredZip::Member> members;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const MediaContent& content = contents[i];
    members.push_back({std::to_string(i), content.size, content.crc32,
                       [blobs = media.blobs(), content, file = std::move(files[i]), share] {
                         return file ? std::make_unique<FileSource>(file, 0, content.size)
                                     : blobs.Open(content);
                       }});
    result.bytes += content.size;
  }
  result.files = static_cast<std::int64_t>(contents.size());
  members.push_back(MetaMember(names, contents.size()));  // the last one, as clients expect
  result.reply.payload = std::make_unique<StoredZip>(std::move(members));
  return result;
}

}  // namespace ankisync::media
