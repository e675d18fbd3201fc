// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "common/core/error.h"
#include "common/core/ids.h"
#include "common/http/budget.h"
#include "common/protocol/request.h"
#include "common/storage/accounts/quota.h"
#include "common/storage/media/user_media.h"

// The five methods of /msync/, a file each. Stateless: there is no media session, and any may come
// first. Source: docs/protocol.md, media, 1.9.
namespace ankisync::media {

using protocol::Reply;
using protocol::Request;

inline constexpr std::size_t kFilesMax = 25;                 // in one upload, or one download
inline constexpr std::uint64_t kFileBytesMax = 104'857'600;  // clients skip what is larger
inline constexpr std::uint64_t kZipBytesAimed = 2'621'440;   // of content, in one download
inline constexpr int kChangesMax = 1000;                     // in one reply to mediaChanges

// {"v": client's version} → {"usn": last usn, "sk": the key that it came with}
Reply Begin(Request& request, MediaIndex& index);

// {"lastUsn": n} → [[name, usn, SHA-1 in hex or "" for a deletion], …]: what changed after n,
// ascending; an empty list ends the client's loop. A client beyond our last usn is remembered.
Reply MediaChanges(Request& request, DeviceId device, MediaIndex& index);

struct UploadLimits {
  std::filesystem::path spool_folder;
  std::size_t memory_bytes_max = std::size_t{5} << 20;         // of a batch; beyond it, a file
  std::uint64_t content_bytes_max = std::uint64_t{256} << 20;  // of all members, inflated
};

struct UploadResult {
  Reply reply;
  UserMedia::Applied applied;
  std::uint64_t bytes = 0;  // of the added and replaced files
  bool has_no_room = false;
};

// A zip of files and their `_meta`, [[name, member or null for a deletion], …] → [how many of these
// were dealt with, last usn]. All of it or nothing; but where the account has no more room, those
// before the first that has none, so that the client comes again with that one. Then the deletions
// alone are done, and the client shows why. Errors: kMalformedRequest, kTooLarge.
UploadResult UploadChanges(Request& request, UserMedia& media, const UploadLimits& limits,
                           const Quota& quota);

struct DownloadResult {
  Reply reply;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
};

// Files that clients were told of turned out to be lost. They are withdrawn by now.
class FilesLost : public SyncError {
 public:
  explicit FilesLost(std::int64_t files)
      : SyncError(ErrorKind::kSessionConflict,
                  "content lost, withdrawn files: " + std::to_string(files)),
        files_(files) {}
  std::int64_t files() const { return files_; }

 private:
  std::int64_t files_;
};

// {"files": [name, …]} → a zip of the first of them, in that order: as many as it takes to exceed
// kZipBytesAimed, at least one. Every content was read and compared with its CRC-32 before the
// first byte goes out. `open_files`: how many may be open for answers on their way; beyond it each
// is opened when its turn comes. Errors: kSessionConflict for a name that is not live; FilesLost.
DownloadResult DownloadFiles(Request& request, UserMedia& media,
                             const std::shared_ptr<http::Budget>& open_files);

struct SanityResult {
  Reply reply;
  bool ok = false;
};

// {"local": number of the client's files} → "OK", or "mediaSanity" when ours differs or the client
// was ahead of us: it then compares every file with our list, which loses nothing.
SanityResult MediaSanity(Request& request, DeviceId device, MediaIndex& index);

}  // namespace ankisync::media
