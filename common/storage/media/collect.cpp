// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/collect.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ankisync {
namespace {

constexpr int kRowsAtOnce = 1024;
constexpr std::chrono::hours kUploadAtMost{1};  // a request ends long before that

UnixSeconds Ago(const UserMedia& media, std::chrono::seconds age) {
  return static_cast<UnixSeconds>(Raw(media.now()) - age.count());
}

// How many were there.
std::int64_t Remove(const BlobStore& store, const MediaUpdate::Blobs& blobs,
                    MediaCollected& collected) {
  std::int64_t removed = 0;
  for (const auto& [sha1, bytes] : blobs) {
    if (!store.Remove(sha1)) continue;
    ++removed;
    collected.bytes += static_cast<std::int64_t>(bytes);
  }
  collected.blobs += removed;
  return removed;
}

// `suspects` were not referred to a moment ago.
void CollectOrphans(UserMedia& media, MediaUpdate::Blobs suspects, MediaCollected& collected) {
  if (suspects.empty()) return;
  MediaUpdate update(media.index(), media.now());
  collected.orphans += Remove(media.blobs(), update.Unreferenced(std::move(suspects)), collected);
}

}  // namespace

MediaCollected CollectExpired(UserMedia& media, std::chrono::seconds retention) {
  MediaCollected collected;
  const UnixSeconds before = Ago(media, retention);
  if (!media.index().HasFormer(before)) return collected;
  MediaUpdate update(media.index(), media.now());
  const MediaUpdate::Dropped dropped = update.DropFormer(before, kRowsAtOnce);
  Remove(media.blobs(), dropped.unreferenced, collected);
  update.Commit();
  collected.former = dropped.rows;
  return collected;
}

MediaCollected CollectMedia(UserMedia& media, std::chrono::seconds retention,
                            const std::function<bool()>& stop) {
  MediaCollected collected;
  const auto is_over = [&] { return stop && stop(); };
  while (!is_over()) {
    const MediaCollected step = CollectExpired(media, retention);
    if (step.former == 0) break;
    collected.former += step.former;
    collected.blobs += step.blobs;
    collected.bytes += step.bytes;
  }
  const std::vector<Sha1Digest> referenced = media.index().Referenced();
  MediaUpdate::Blobs suspects;
  media.blobs().ForEach([&](const Sha1Digest& sha1, std::uint64_t bytes) {
    if (is_over() || std::binary_search(referenced.begin(), referenced.end(), sha1)) return;
    suspects.emplace(sha1, bytes);
    if (suspects.size() < kRowsAtOnce) return;
    CollectOrphans(media, std::exchange(suspects, {}), collected);
  });
  CollectOrphans(media, std::move(suspects), collected);
  collected.temporaries =
      static_cast<std::int64_t>(media.blobs().RemoveTemporaries(Ago(media, kUploadAtMost)));
  return collected;
}

}  // namespace ankisync
