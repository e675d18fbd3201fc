// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/user_media.h"

#include <utility>
namespace ankisync {
namespace {

using IfMissing = SharedDatabase::IfMissing;

void Tally(MediaOutcome outcome, UserMedia::Applied& applied) {
  switch (outcome) {
    case MediaOutcome::kAdded:
      ++applied.added;
      return;
    case MediaOutcome::kReplaced:
      ++applied.replaced;
      return;
    case MediaOutcome::kDeleted:
      ++applied.deleted;
      return;
    case MediaOutcome::kIdentical:
      ++applied.identical;
      return;
    case MediaOutcome::kWasNotThere:
      ++applied.was_not_there;
      return;
  }
}

}  // namespace

std::filesystem::path UserMedia::IndexFile(const std::filesystem::path& user_folder) {
  return user_folder / "collection.media.server.db";
}

std::filesystem::path UserMedia::BlobFolder(const std::filesystem::path& user_folder) {
  return user_folder / "collection.media";
}

UserMedia::UserMedia(const std::filesystem::path& user_folder, Tools tools)
    : blobs_(BlobFolder(user_folder)),
      index_(IndexFile(user_folder), blobs_.Exists() ? IfMissing::kRefuse : IfMissing::kCreate),
      tools_(std::move(tools)) {
  if (!blobs_.Exists() && index_.totals().last_usn == Usn{}) blobs_.Create();
}

UserMedia::Applied UserMedia::Apply(std::span<const Change> changes, BlobBatch& batch) {
  const auto step = [this](MediaStep done) {
    if (tools_.on_step) tools_.on_step(done);
  };
  batch.Sync();
  MediaUpdate update(index_, now());
  batch.Publish();
  Applied applied;
  for (const Change& change : changes) {
    Tally(change.content ? update.Put(change.name, *change.content) : update.Delete(change.name),
          applied);
  }
  step(MediaStep::kRowsWritten);
  applied.last_usn = update.Commit();
  step(MediaStep::kCommitted);
  return applied;
}

std::int64_t UserMedia::WithdrawLost(std::span<const MediaContent> suspects) {
  MediaUpdate update(index_, now());
  std::set<Sha1Digest> lost;
  for (const MediaContent& content : suspects) {
    if (!blobs_.Holds(content, BlobStore::Depth::kContent)) lost.insert(content.sha1);
  }
  const std::int64_t rows = update.Withdraw(lost);
  update.Commit();
  return rows;
}

}  // namespace ankisync
