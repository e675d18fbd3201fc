// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/test_steps.h"
#include "common/storage/media/media_fixture.h"

// What a request costs may not grow with the number of files.
namespace ankisync {
namespace {

using sqlite::TestSteps;

// Of some requests on media of so many files.
struct Costs {
  std::int64_t begin = 0;
  std::int64_t nothing_new = 0;
  std::int64_t upload = 0;
};

void Fill(UserMedia& media, int files) {
  MediaUpdate update(media.index(), UnixSeconds{1});
  for (int n = 0; n < files; ++n) {
    const std::string text = "file " + std::to_string(n);
    update.Put(text, ContentOf(text));
  }
  update.Commit();
}

template <typename Action>
std::int64_t StepsOf(Action action) {
  const std::int64_t before = TestSteps();
  action();
  return TestSteps() - before;
}

Costs CostsWith(int files) {
  TestSteps();  // from the first connection on
  const TemporaryFolder folder;
  OpenedMedia media(folder.path());
  Fill(*media, files);
  OpenedMedia::Files batch;  // spread over the index: some new, some replaced, some deleted
  for (int n = 0; n < 25; ++n) {
    batch.emplace_back("file " + std::to_string(n * files / 20), "new " + std::to_string(n));
    if (n % 5 == 0) batch.back().second.reset();
  }
  Costs costs;
  costs.begin = StepsOf([&] { media->index().totals(); });
  costs.nothing_new = StepsOf([&] { media->index().ChangesAfter(Usn{files}, 1000); });
  costs.upload = StepsOf([&] { media.Upload(batch); });
  return costs;
}

TEST(Costs, AreTheSameForAHundredFilesAndForAHundredThousand) {
  const Costs few = CostsWith(100);
  const Costs many = CostsWith(100'000);
  EXPECT_GT(few.begin, 0);
  EXPECT_EQ(many.begin, few.begin);
  EXPECT_EQ(many.nothing_new, few.nothing_new);
  EXPECT_EQ(many.upload, few.upload);
}

}  // namespace
}  // namespace ankisync
