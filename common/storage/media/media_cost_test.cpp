// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <chrono>

#include "common/storage/media/media_fixture.h"

// What a request costs may not grow with the number of files.
namespace ankisync {
namespace {

using std::chrono::microseconds;

class Costs : public testing::Test {
 protected:
  static void Fill(UserMedia& media, int files) {
    MediaUpdate update(media.index(), UnixSeconds{1});
    for (int n = 0; n < files; ++n) {
      const std::string text = "file " + std::to_string(n);
      update.Put(text, ContentOf(text));
    }
    update.Commit();
  }

  template <typename Action>
  static microseconds Median(Action action) {
    std::vector<microseconds> times;
    for (int n = 0; n < 11; ++n) {
      const auto begin = std::chrono::steady_clock::now();
      action(n);
      times.push_back(
          std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin));
    }
    std::nth_element(times.begin(), times.begin() + 5, times.end());
    return times[5];
  }
};

// Bounds tell a search from a scan (milliseconds for 100,000 rows), not a fast machine from a slow.
TEST_F(Costs, AreTheSameForAHundredFilesAndForAHundredThousand) {
  std::vector<microseconds> asking, listing, uploading;
  for (const int files : {100, 100'000}) {
    const TemporaryFolder folder;
    OpenedMedia media(folder.path());
    Fill(*media, files);
    asking.push_back(Median([&](int) { media->index().totals(); }));
    listing.push_back(Median([&](int) { media->index().ChangesAfter(Usn{files}, 1000); }));
    uploading.push_back(Median([&](int n) {
      OpenedMedia::Files batch;
      for (int i = 0; i < 25; ++i) {
        batch.emplace_back("file " + std::to_string((n * 25 + i) * (files / 100) % files),
                           "new " + std::to_string(n * 25 + i));
      }
      media.Upload(batch);
    }));
    RecordProperty("upload_us_" + std::to_string(files),
                   static_cast<int>(uploading.back().count()));
    RecordProperty("begin_us_" + std::to_string(files), static_cast<int>(asking.back().count()));
  }
  EXPECT_LT(asking[1], 5 * asking[0] + microseconds(500));
  EXPECT_LT(listing[1], 5 * listing[0] + microseconds(500));
  EXPECT_LT(uploading[1], 5 * uploading[0] + microseconds(5000));
}

}  // namespace
}  // namespace ankisync
