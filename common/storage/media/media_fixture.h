// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/media/user_media.h"
#include "common/storage/media/verify.h"

// For tests: one user's media in a folder of its own.
namespace ankisync {

inline MediaContent ContentOf(std::string_view text, std::uint32_t crc32 = 7) {
  return {Sha1(text), crc32, text.size()};
}

// One process's view of a user's media. Made after a fork, it may live in a child.
class OpenedMedia {
 public:
  // A name and what the file holds; nothing: a deletion.
  using Files = std::vector<std::pair<std::string, std::optional<std::string>>>;

  explicit OpenedMedia(const std::filesystem::path& user_folder, OnMediaStep on_step = {})
      : media_(user_folder, {disk_, clock_, std::move(on_step)}) {}

  UserMedia* operator->() { return &media_; }
  UserMedia& operator*() { return media_; }
  ManualClock& clock() { return clock_; }
  WorkerPool& disk() { return disk_; }

  UserMedia::Applied Upload(const Files& files) {
    BlobBatch batch = media_.NewBatch();
    std::vector<UserMedia::Change> changes;
    for (const auto& [name, text] : files) {
      changes.push_back({name, std::nullopt});
      if (!text) continue;
      StringSource source(*text);
      changes.back().content = batch.Add(source);
    }
    return media_.Apply(changes, batch);
  }

  std::optional<MediaContent> Live(const std::string& name) {
    return media_.index().Live(std::vector{name})[0];
  }

  // The bytes behind a live name.
  std::string Read(const std::string& name) {
    const auto content = Live(name);
    return content ? ReadFile(media_.blobs().PathOf(content->sha1), 1 << 20).value_or("no blob")
                   : "not live";
  }

  // "a:1 b:-2" : usns in order, negative ones for deletions.
  std::string Listing() {
    std::string text;
    for (const auto& row : media_.index().ChangesAfter(Usn{}, 1'000'000)) {
      if (!text.empty()) text += " ";
      text += row.name + (row.sha1 ? ":" : ":-") + std::to_string(Raw(row.usn));
    }
    return text;
  }

  // Every live row has its content, and the totals are those of the rows.
  void ExpectConsistent() {
    const MediaFindings findings = VerifyMedia(media_, BlobStore::Depth::kContent);
    EXPECT_EQ(findings.lost, 0);
    EXPECT_FALSE(findings.totals_were_wrong);
  }

 private:
  WorkerPool disk_{4};
  ManualClock clock_{UnixMillis{1'700'000'000'000}};
  UserMedia media_;
};

class MediaTest : public testing::Test {
 protected:
  OpenedMedia Open(OnMediaStep on_step = {}) const {
    return OpenedMedia(folder_.path(), std::move(on_step));
  }

  const TemporaryFolder folder_;
};

}  // namespace ankisync
