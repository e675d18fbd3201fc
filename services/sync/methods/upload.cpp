// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>

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

  void Fill(ByteSource& source) const {
    const UniqueFd fd = OpenFile(path_, O_WRONLY | O_CREAT | O_EXCL);
    std::vector<char> piece(kPieceBytes);
    while (const std::size_t count = source.Read(piece)) WriteAll(fd.get(), {piece.data(), count});
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The operator may want to see what was refused: the last one is kept.
void KeepAside(const std::filesystem::path& refused) {
  std::error_code ignored;
  std::filesystem::rename(refused, refused.parent_path() / "refused-upload.anki2", ignored);
}

}  // namespace

UploadResult Upload(Request& request, UserCollection& user, UnixMillis now) {
  user.EndSession(SyncOutcome::kSuperseded, "an upload began");
  user.collection();  // takes the user's lock: the new file's name is ours alone
  const NewFile file(user.generations().NewFile());
  file.Fill(*request.payload);
  if (const auto refusal = CheckUpload(file.path(), now)) {
    KeepAside(file.path());
    return {{refusal->sentence}, refusal->detail};
  }
  user.SwitchToNewFile();
  return {{std::string("OK")}, {}};
}

}  // namespace ankisync::sync
