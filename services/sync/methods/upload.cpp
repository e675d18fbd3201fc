// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/upload.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::sync {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

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

Upload::Upload(UserCollection& user, const Quota& quota, std::shared_ptr<UploadInProgress> progress)
    : progress_(std::move(progress)),
      lock_(user.BeginUpload(progress_)),
      file_(user.generations().NewFile()),
      quota_bytes_max_(quota.collection_bytes_max.value_or(0)),
      room_(RoomFor(quota, user)) {
  RemoveDatabase(file_);
}

Upload::~Upload() { RemoveDatabase(file_); }

std::int64_t Upload::Receive(ByteSource& body) const {
  const UniqueFd fd = OpenFile(file_, O_WRONLY | O_CREAT | O_EXCL);
  std::vector<char> piece(kPieceBytes);
  std::int64_t bytes = 0;
  while (const std::size_t count = body.Read(piece)) {
    if (IsOver()) throw SyncError(ErrorKind::kUnavailable, "nobody wants the upload any more");
    bytes += static_cast<std::int64_t>(count);
    if (bytes <= room_) WriteAll(fd.get(), {piece.data(), count});
  }
  return bytes;
}

void Upload::ReceiveAndCheck(ByteSource& body, const Clock& clock, const UploadCheck& check) try {
  const std::int64_t bytes = Receive(body);
  is_cut_ = bytes > room_;
  if (is_cut_) {
    refusal_ = UploadRefusal{CollectionRefusal(quota_bytes_max_, bytes), "over the quota"};
    return;
  }
  progress_->AnswerIfDue(clock.Steady());
  refusal_ = check(file_, clock.Now(), [this] { return IsOver(); });
} catch (const std::exception&) {
  failure_ = std::current_exception();
}

std::optional<UploadRefusal> Upload::Conclude(UserCollection& user) {
  if (failure_) std::rethrow_exception(failure_);
  if (refusal_) {
    if (!is_cut_) KeepAside(file_);
    return refusal_;
  }
  // Whoever asked for the collection to be closed may have the file in another form by now.
  if (IsOver()) throw SyncError(ErrorKind::kUnavailable, "nobody wants the upload any more");
  const Committed before = user.committed();
  user.SwitchToNewFile();
  changed_schema_ = !before.empty && user.committed().col.scm != before.col.scm;
  return std::nullopt;
}

}  // namespace ankisync::sync
