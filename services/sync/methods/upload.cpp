// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "common/core/files.h"
#include "common/storage/collection/upload_check.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

// Removes the prepared file unless it came into force.
class NewFile {
 public:
  explicit NewFile(std::filesystem::path path) : path_(std::move(path)) { RemoveDatabase(path_); }
  ~NewFile() { RemoveDatabase(path_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Reads all of it and writes as much as fits. How many bytes there were.
  std::int64_t Fill(ByteSource& source, std::int64_t bytes_max) const {
    const UniqueFd fd = OpenFile(path_, O_WRONLY | O_CREAT | O_EXCL);
    std::vector<char> piece(kPieceBytes);
    std::int64_t bytes = 0;
    while (const std::size_t count = source.Read(piece)) {
      bytes += static_cast<std::int64_t>(count);
      if (bytes <= bytes_max) WriteAll(fd.get(), {piece.data(), count});
    }
    return bytes;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A smaller one than ours is a way out for whoever is over the quota.
std::int64_t RoomFor(const Quota& quota, UserCollection& user) {
  return quota.collection_bytes_max
             ? std::max(*quota.collection_bytes_max, user.committed().used_bytes)
             : std::numeric_limits<std::int64_t>::max();
}

// The operator may want to see what was refused: the last one is kept.
void KeepAside(const std::filesystem::path& refused) {
  std::error_code ignored;
  std::filesystem::rename(refused, refused.parent_path() / "refused-upload.anki2", ignored);
}

}  // namespace

UploadResult Upload(Request& request, const Quota& quota, UserCollection& user, UnixMillis now) {
  user.EndSession(SyncOutcome::kSuperseded, "an upload began");
  user.collection();  // takes the user's lock: the new file's name is ours alone
  const NewFile file(user.generations().NewFile());
  const std::int64_t room = RoomFor(quota, user);
  if (const std::int64_t bytes = file.Fill(*request.payload, room); bytes > room)
    return {{CollectionRefusal(*quota.collection_bytes_max, bytes)}, "over the quota"};
  if (const auto refusal = CheckUpload(file.path(), now)) {
    KeepAside(file.path());
    return {{refusal->sentence}, refusal->detail};
  }
  user.SwitchToNewFile();
  return {{std::string("OK")}, {}};
}

}  // namespace ankisync::sync
