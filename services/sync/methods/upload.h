// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/core/byte_stream.h"
#include "common/core/ids.h"
#include "common/storage/accounts/quota.h"
#include "common/storage/collection/upload_check.h"
#include "common/storage/volume/file_lock.h"
#include "services/sync/session/upload_in_progress.h"
#include "services/sync/session/user_collection.h"

namespace ankisync::sync {

using UploadCheck = std::function<std::optional<UploadRefusal>(
    const std::filesystem::path& file, UnixMillis now, const std::function<bool()>& over)>;

// What a client is told whose upload takes longer to check than it waits. It shows this, and leaves
// its collection as it is.
inline constexpr char kUploadStillChecked[] =
    "Your upload has arrived and is still being checked. Please sync again in a few minutes.";
inline constexpr char kUploadFailed[] =
    "Your last upload could not be stored. Please sync again, and tell whoever runs this sync "
    "server if that does not help.";

// The collection is replaced by a body, which is checked first; of schema 18, or 11 from clients
// before 2.1.57. Three steps: the first and the last on the user's strand, the one between wherever
// it likes, for it touches nothing but a file of its own. The file goes with this unless it came
// into force; the user's lock is held as long.
class Upload {
 public:
  // Ends any session. kUnavailable: another upload is still being checked. One that the quota has
  // no room for is refused, unless it is smaller than the present one.
  Upload(UserCollection& user, const Quota& quota, std::shared_ptr<UploadInProgress> progress);
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // What goes wrong comes to light at the end.
  void ReceiveAndCheck(ByteSource& body, const Clock& clock, const UploadCheck& check);

  // Why it was refused, or nothing: it is in force. Errors: kTooLarge, kMalformedRequest for a body
  // that cannot be decompressed, kUnavailable.
  std::optional<UploadRefusal> Conclude(UserCollection& user);

  bool is_over_quota() const { return is_cut_; }

  // Whether what came into force has another schema time than the cards that were there before, so
  // that the other devices cannot sync normally.
  bool changed_schema() const { return changed_schema_; }

 private:
  // Reads all of it and writes as much as fits. How many bytes there were.
  std::int64_t Receive(ByteSource& body) const;
  bool IsOver() const { return progress_->given_up(); }

  const std::shared_ptr<UploadInProgress> progress_;
  const std::shared_ptr<const FileLock> lock_;  // the new file's name is ours alone
  const std::filesystem::path file_;
  const std::int64_t quota_bytes_max_;
  const std::int64_t room_;
  bool is_cut_ = false;
  bool changed_schema_ = false;
  std::optional<UploadRefusal> refusal_;
  std::exception_ptr failure_;
};

}  // namespace ankisync::sync
