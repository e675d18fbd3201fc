// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/verify.h"

#include <string>
#include <vector>

namespace ankisync {
namespace {

constexpr int kRowsAtOnce = 256;

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
  std::string last_name;
  for (;;) {
    const auto rows = media.index().RowsAfter(last_name, kRowsAtOnce);
    if (rows.empty()) break;
    std::vector<MediaContent> suspects;
    std::vector<MediaIndex::Row> found_again;
    for (const MediaIndex::Row& row : rows) {
      if (stop && stop()) return findings;
      const bool is_live = row.state == MediaIndex::State::kLive;
      if (is_live) ++findings.rows;
      const bool is_there = media.blobs().Holds(row.content, depth);
      if (is_live && !is_there) suspects.push_back(row.content);
      if (!is_live && is_there) found_again.push_back(row);
    }
    if (!suspects.empty()) findings.lost += media.WithdrawLost(suspects);
    Reinstate(media, found_again, findings);
    last_name = rows.back().name;
  }
  MediaUpdate update(media.index(), media.now());
  findings.totals_were_wrong = update.Recount();
  update.Commit();
  return findings;
}

}  // namespace ankisync
