// SPDX-License-Identifier: AGPL-3.0-or-later
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <set>

#include "common/storage/media/collect.h"
#include "common/storage/media/media_fixture.h"

// Several processes on one user's media, and processes that die. Children are made while the test
// has one thread.
namespace ankisync {
namespace {

class Processes : public MediaTest {
 protected:
  template <typename Body>
  static pid_t Start(Body body) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    try {
      body();
    } catch (const std::exception& error) {
      ::dprintf(2, "%s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  static int StatusOf(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
  }
};

TEST_F(Processes, AKillAtAnyStepOfAnUploadLeavesEveryRowWithItsContent) {
  Open().Upload({{"a", "old"}, {"b", "gone soon"}});
  const OpenedMedia::Files files{{"a", "new"}, {"b", std::nullopt}, {"c", "more"}};
  constexpr int kSteps = 10;  // the last one behind the commit
  for (int dies_at = 0; dies_at < kSteps; ++dies_at) {
    const int status = StatusOf(Start([&] {
      int step = 0;
      auto media = Open([&](MediaStep) {
        if (step++ == dies_at) ::raise(SIGKILL);
      });
      media.Upload(files);
    }));
    ASSERT_TRUE(WIFSIGNALED(status)) << dies_at;
    auto media = Open();
    const bool is_committed = dies_at == kSteps - 1;
    EXPECT_EQ(media.Listing(), is_committed ? "a:3 b:-4 c:5" : "a:1 b:2") << dies_at;
    EXPECT_EQ(media.Read("a"), is_committed ? "new" : "old");
    media.ExpectConsistent();
  }
  auto media = Open();
  media.clock().Advance(std::chrono::hours(24 * 365 * 100));
  const auto collected = CollectMedia(*media, std::chrono::hours(1));
  EXPECT_EQ(collected.temporaries, 1 + 1 + 2 + 2 + 2 + 1);  // of deaths before all were published
  EXPECT_EQ(media.Read("a"), "new");
  media.ExpectConsistent();
}

// What three replicas do behind a round-robin while an operator collects.
TEST_F(Processes, ThreeOfThemAndACollectorEndWithIndexAndBlobsThatAgree) {
  constexpr int kBatches = 60;
  Open();
  std::vector<pid_t> children;
  for (unsigned child = 0; child < 3; ++child) {
    children.push_back(Start([this, child] {
      auto media = Open();
      std::mt19937 random(child);
      const auto pick = [&](int n) { return std::to_string(random() % static_cast<unsigned>(n)); };
      for (int n = 0; n < kBatches; ++n) {
        OpenedMedia::Files files;
        for (int i = 0; i < 4; ++i) {
          files.emplace_back("name " + pick(12), "content " + pick(8));
          if (random() % 3 == 0) files.back().second.reset();
        }
        media.Upload(files);
      }
    }));
  }
  children.push_back(Start([this] {
    auto media = Open();
    media.clock().Advance(std::chrono::hours(1));
    for (int n = 0; n < kBatches; ++n) CollectMedia(*media, std::chrono::seconds(0));
  }));
  for (const pid_t child : children) EXPECT_EQ(StatusOf(child), 0);

  auto media = Open();
  media.ExpectConsistent();
  EXPECT_EQ(media->index().Count().withdrawn, 0);
  std::set<Usn> usns;
  for (const auto& row : media->index().ChangesAfter(Usn{}, 1000)) usns.insert(row.usn);
  EXPECT_EQ(*usns.rbegin(), media->index().totals().last_usn);
}

}  // namespace
}  // namespace ankisync
