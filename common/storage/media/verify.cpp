// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/verify.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ankisync {
namespace {

constexpr int kRowsAtOnce = 256;
constexpr std::size_t kSuspectsAtOnce = 4096;  // each withdrawal reads the whole table

void Reinstate(UserMedia& media, const std::vector<MediaIndex::Row>& rows,
               MediaFindings& findings) {
  if (rows.empty()) return;
  MediaUpdate update(media.index(), media.now());
  for (const MediaIndex::Row& row : rows) {
    if (!media.blobs().Holds(row.content, BlobStore::Depth::kContent)) continue;
    update.Reinstate(row.name);
    ++findings.reinstated;
  }
  update.Commit();
}

}  // namespace

MediaFindings VerifyMedia(UserMedia& media, BlobStore::Depth depth,
                          const std::function<bool()>& stop) {
  MediaFindings findings;
  std::vector<MediaContent> suspects;
  std::string last_name;
  for (bool at_end = false; !at_end;) {
    const auto rows = media.index().RowsAfter(last_name, kRowsAtOnce);
    std::vector<MediaIndex::Row> found_again;
    for (const MediaIndex::Row& row : rows) {
      if (stop && stop()) return findings;
      const bool is_live = row.state == MediaIndex::State::kLive;
      if (is_live) ++findings.rows;
      const bool is_there = media.blobs().Holds(row.content, depth);
      if (is_live && !is_there) suspects.push_back(row.content);
      if (!is_live && is_there) found_again.push_back(row);
      last_name = row.name;
    }
    Reinstate(media, found_again, findings);
    at_end = rows.size() < kRowsAtOnce;
    if (!suspects.empty() && (at_end || suspects.size() >= kSuspectsAtOnce))
      findings.lost += media.WithdrawLost(std::exchange(suspects, {}));
  }
  MediaUpdate update(media.index(), media.now());
  findings.totals_were_wrong = update.Recount();
  update.Commit();
  return findings;
}

MediaBlobs CountBlobs(UserMedia& media) {
  MediaBlobs found;
  const std::vector<Sha1Digest> referenced = media.index().Referenced();
  MediaUpdate::Blobs suspects;
  media.blobs().ForEach([&](const Sha1Digest& sha1, std::uint64_t bytes) {
    ++found.blobs;
    found.bytes += static_cast<std::int64_t>(bytes);
    if (!std::binary_search(referenced.begin(), referenced.end(), sha1))
      suspects.emplace(sha1, bytes);
  });
  // Once more, since an upload may have published them meanwhile.
  MediaUpdate update(media.index(), media.now());
  for (const auto& [sha1, bytes] : update.Unreferenced(std::move(suspects))) {
    ++found.orphans;
    found.orphan_bytes += static_cast<std::int64_t>(bytes);
  }
  return found;
}

}  // namespace ankisync
