// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/media/media_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/core/temporary_folder.h"

namespace ankisync {
namespace {

using testing::ElementsAre;

constexpr UnixSeconds kNow{1'700'000'000};

MediaContent Content(std::string_view text) { return {Sha1(text), 7, text.size()}; }

class AMediaIndex : public testing::Test {
 protected:
  template <typename Action>
  auto Update(Action&& action) {
    MediaUpdate update(index_, kNow);
    const auto result = action(update);
    update.Commit();
    return result;
  }
  MediaOutcome Put(std::string_view name, std::string_view text) {
    return Update([&](MediaUpdate& update) { return update.Put(name, Content(text)); });
  }
  MediaOutcome Delete(std::string_view name) {
    return Update([&](MediaUpdate& update) { return update.Delete(name); });
  }
  std::int64_t Withdraw(std::string_view text) {
    return Update([&](MediaUpdate& update) { return update.Withdraw({Content(text).sha1}); });
  }

  std::vector<std::string> Listing(int after = 0, int rows_max = 1000) {
    std::vector<std::string> rows;
    for (const auto& row : index_.ChangesAfter(Usn{after}, rows_max)) {
      rows.push_back(std::to_string(Raw(row.usn)) + " " + row.name + (row.sha1 ? "" : " deleted"));
    }
    return rows;
  }
  // last usn, files, bytes
  std::vector<std::int64_t> Totals() {
    const auto totals = index_.totals();
    return {Raw(totals.last_usn), totals.files, totals.bytes};
  }

  const TemporaryFolder folder_;
  MediaIndex index_{folder_ / "index.db", SharedDatabase::IfMissing::kCreate};
};

TEST_F(AMediaIndex, GivesEveryEffectiveChangeOneUsnAndNoOthers) {
  EXPECT_EQ(Put("a", "1"), MediaOutcome::kAdded);
  EXPECT_EQ(Put("a", "1"), MediaOutcome::kIdentical);
  EXPECT_EQ(Put("a", "22"), MediaOutcome::kReplaced);
  EXPECT_EQ(Delete("a"), MediaOutcome::kDeleted);
  EXPECT_EQ(Delete("a"), MediaOutcome::kWasNotThere);
  EXPECT_EQ(Delete("never"), MediaOutcome::kWasNotThere);
  EXPECT_THAT(Totals(), ElementsAre(3, 0, 0));
  EXPECT_EQ(Put("a", "22"), MediaOutcome::kAdded);
  EXPECT_THAT(Totals(), ElementsAre(4, 1, 2));
  EXPECT_THAT(Listing(), ElementsAre("4 a"));
}

TEST_F(AMediaIndex, TakesNamesByteByByte) {
  Put("a.jpg", "1");
  Put("A.jpg", "2");
  Put("a.jpg ", "3");
  EXPECT_EQ(Delete("A.JPG"), MediaOutcome::kWasNotThere);
  EXPECT_EQ(Delete(std::string_view("a.jpg\0", 6)), MediaOutcome::kWasNotThere);
  EXPECT_EQ(index_.totals().files, 3);
}

TEST_F(AMediaIndex, IsUnchangedByAnUpdateThatWasNotCommitted) {
  Put("a", "1");
  {
    MediaUpdate update(index_, kNow);
    update.Put("b", Content("2"));
    update.Delete("a");
  }
  EXPECT_THAT(Listing(), ElementsAre("1 a"));
  EXPECT_THAT(Totals(), ElementsAre(1, 1, 1));
}

TEST_F(AMediaIndex, IsPagedInTheOrderOfUsns) {
  for (const char* name : {"c", "a", "b", "d"}) Put(name, name);
  Delete("a");
  EXPECT_THAT(Listing(0, 2), ElementsAre("1 c", "3 b"));
  EXPECT_THAT(Listing(3, 2), ElementsAre("4 d", "5 a deleted"));
  EXPECT_TRUE(Listing(5).empty());
  EXPECT_TRUE(Listing(99).empty());
  EXPECT_EQ(Listing(-1).size(), 4U);
}

TEST_F(AMediaIndex, KeepsWhatWasReplacedOrDeletedInTheUndoWindow) {
  Put("a", "1");
  Put("b", "1");
  Put("a", "2");
  Delete("a");
  const auto statistics = index_.Count();
  EXPECT_EQ(statistics.former, 2);
  EXPECT_EQ(statistics.former_bytes, 2);
  EXPECT_EQ(statistics.deleted, 1);

  MediaUpdate update(index_, kNow);
  EXPECT_EQ(update.DropFormer(kNow, 10).rows, 0);
  const auto dropped = update.DropFormer(UnixSeconds{Raw(kNow) + 1}, 10);
  EXPECT_EQ(dropped.rows, 2);
  EXPECT_THAT(dropped.unreferenced,
              ElementsAre(testing::Pair(Content("2").sha1, 1U)));  // b still holds "1"
}

TEST_F(AMediaIndex, ListsAndCountsNoWithdrawnFileAndCallsClientsBy) {
  Put("lost", "1");
  Put("lost too", "1");
  Put("kept", "2");
  EXPECT_EQ(Withdraw("1"), 2);
  EXPECT_THAT(Listing(), ElementsAre("4 kept"));
  EXPECT_THAT(Totals(), ElementsAre(4, 1, 1));
  EXPECT_EQ(index_.Live(std::vector<std::string>{"lost"})[0], std::nullopt);
  EXPECT_EQ(Withdraw("1"), 0);
  EXPECT_THAT(Totals(), ElementsAre(4, 1, 1));
}

TEST_F(AMediaIndex, CallsClientsByEvenWhenNoLiveFileIsLeft) {
  Put("gone", "0");
  Delete("gone");
  Put("lost", "1");
  Withdraw("1");
  EXPECT_THAT(Listing(), ElementsAre("4 gone deleted"));
  Put("last", "2");
  Withdraw("2");
  EXPECT_EQ(Raw(index_.totals().last_usn), 6);
}

TEST_F(AMediaIndex, TakesAWithdrawnFileAgain) {
  Put("a", "1");
  Put("b", "2");
  Withdraw("1");
  EXPECT_EQ(Put("a", "1"), MediaOutcome::kAdded);
  EXPECT_THAT(Listing(), ElementsAre("3 b", "4 a"));
  EXPECT_THAT(Totals(), ElementsAre(4, 2, 2));
}

TEST_F(AMediaIndex, TellsTheOtherDevicesWhenAWithdrawnFileIsDeleted) {
  Put("a", "1");
  Withdraw("1");
  EXPECT_EQ(Delete("a"), MediaOutcome::kDeleted);
  EXPECT_THAT(Listing(), ElementsAre("3 a deleted"));
  EXPECT_THAT(Totals(), ElementsAre(3, 0, 0));
}

TEST_F(AMediaIndex, ReinstatesAWithdrawnFileWhoseContentIsThereAgain) {
  Put("a", "1");
  Put("b", "2");
  Withdraw("1");
  Update([](MediaUpdate& update) {
    update.Reinstate("a");
    update.Reinstate("b");  // is live
    return 0;
  });
  EXPECT_THAT(Listing(), ElementsAre("3 b", "4 a"));
  EXPECT_THAT(Totals(), ElementsAre(4, 2, 2));
}

TEST_F(AMediaIndex, RenumbersUpwardInTheSameOrder) {
  for (const char* name : {"c", "a", "b"}) Put(name, name);
  Delete("a");
  const auto renumber = [&](int floor) {
    Update([&](MediaUpdate& update) {
      update.Renumber(Usn{floor});
      return 0;
    });
  };
  renumber(100);
  EXPECT_THAT(Listing(), ElementsAre("101 c", "102 b", "103 a deleted"));
  renumber(0);
  EXPECT_THAT(Listing(), ElementsAre("104 c", "105 b", "106 a deleted"));
  EXPECT_EQ(index_.totals().epoch, 2);
}

TEST_F(AMediaIndex, RefusesToRunOutOfUsnsRatherThanToWrap) {
  Update([](MediaUpdate& update) {
    update.Renumber(Usn{2'147'483'646});
    return 0;
  });
  Put("a", "1");
  EXPECT_THROW(Put("b", "2"), SyncError);
  EXPECT_THAT(Listing(), ElementsAre("2147483647 a"));
}

TEST_F(AMediaIndex, TellsADeviceThatIsAheadOnce) {
  index_.RememberAhead(DeviceId{1}, "s");
  index_.RememberAhead(DeviceId{1}, "s");
  EXPECT_FALSE(index_.TakeAhead(DeviceId{1}, "t"));
  EXPECT_FALSE(index_.TakeAhead(DeviceId{2}, "s"));
  EXPECT_TRUE(index_.TakeAhead(DeviceId{1}, "s"));
  EXPECT_FALSE(index_.TakeAhead(DeviceId{1}, "s"));
}

TEST_F(AMediaIndex, RemembersABoundedNumberOfSessionsAhead) {
  for (int n = 0; n < 70; ++n) index_.RememberAhead(DeviceId{1}, std::to_string(n));
  EXPECT_FALSE(index_.TakeAhead(DeviceId{1}, "5"));
  EXPECT_TRUE(index_.TakeAhead(DeviceId{1}, "6"));
  EXPECT_TRUE(index_.TakeAhead(DeviceId{1}, "69"));
}

TEST_F(AMediaIndex, IsOneForAllWhoHaveItOpen) {
  MediaIndex other(folder_ / "index.db", SharedDatabase::IfMissing::kRefuse);
  Put("a", "1");
  EXPECT_EQ(other.totals().files, 1);
  {
    MediaUpdate update(other, kNow);
    update.Put("b", Content("2"));
    EXPECT_EQ(Raw(update.Commit()), 2);
  }
  EXPECT_THAT(Listing(), ElementsAre("1 a", "2 b"));
}

}  // namespace
}  // namespace ankisync
