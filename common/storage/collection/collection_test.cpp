// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/collection.h"

#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/hash.h"
#include "common/sqlite/database_file.h"
#include "common/sqlite/transaction.h"
#include "common/storage/collection/new_collection.h"
#include "common/storage/collection/state_db.h"
#include "common/storage/collection/test_folder.h"
#include "common/storage/collection/upload_check.h"

namespace ankisync {
namespace {

constexpr UnixMillis kNow{1'795'500'000'000};

class NewCollection : public TestFolder {
 protected:
  void SetUp() override {
    TestFolder::SetUp();
    CreateCollection(path(), kNow);
  }
  std::filesystem::path path() const { return folder() / "collection.anki2"; }
};

TEST_F(NewCollection, LooksLikeOneThatTheReferenceMakes) {
  Collection collection(path());
  EXPECT_EQ(collection.col.Get(), (ColRow{.crt = UnixSeconds{1'795'492'800}, .scm = kNow}));
  EXPECT_EQ(collection.CountRows(), (RowCounts{.notetypes = 5, .decks = 1, .deck_configs = 1}));
  EXPECT_FALSE(collection.AnyUnsent());
  EXPECT_EQ(collection.config.Get("sched2021"), "true");
  EXPECT_EQ(collection.config.Get("curModel"), std::to_string(Raw(kNow)));
  EXPECT_EQ(Hex(collection.deck_configs.Get(DeckConfigId{1})->config),
            "0a080000803f00002041120400002041221c0000803f0000803f0000803f0000803f0000803f0000803f00"
            "00803f481450c8015d000020"
            "40656666a63f6d9a99993f7d0000803f8001949d02880101900101980104a80101b00108c0013cad026666"
            "663fc5026666663fe00201");
}

TEST_F(NewCollection, IsAFileThatWeWouldTakeAsAnUpload) { EXPECT_FALSE(CheckUpload(path(), kNow)); }

TEST_F(NewCollection, IsNotMadeOverAnotherOne) {
  EXPECT_THROW(CreateCollection(path(), kNow), SyncError);
}

TEST_F(NewCollection, ANotetypeReplacesItsPartsAndKeepsOthersNames) {
  Collection collection(path());
  NotetypeRow basic = *collection.notetypes.Get(*collection.notetypes.IdOf("BASIC"));
  basic.fields.pop_back();
  collection.notetypes.Put(basic);
  EXPECT_EQ(collection.notetypes.Get(basic.id)->fields.size(), 1U);
  EXPECT_EQ(collection.notetypes.ShapeOf(basic.id)->field_count, 1U);
  basic.name = "cloze";
  EXPECT_THROW(collection.notetypes.Put(basic), SyncError);
  EXPECT_EQ(collection.notetypes.Count(), 5);
}

TEST_F(NewCollection, BuriedCardsComeBackOnANewDayWithoutCountingAsChanged) {
  Collection collection(path());
  for (const std::int64_t deck : {1, 7}) {
    collection.cards.Put({.id = CardId{deck},
                          .deck_id = DeckId{deck},
                          .mtime = UnixSeconds{5},
                          .type = 2,
                          .queue = -2});
  }
  collection.cards.Put({.id = CardId{100}, .deck_id = DeckId{1}, .type = 2, .queue = -1});
  constexpr std::int64_t kDayMillis = 86'400'000;
  collection.UnburyIfDayRolledOver(static_cast<UnixMillis>(Raw(kNow) + kDayMillis), Usn{3});
  EXPECT_EQ(collection.cards.Get(CardId{1})->queue, 2);
  EXPECT_EQ(collection.cards.Get(CardId{7})->queue, 2);
  EXPECT_EQ(collection.cards.Get(CardId{7})->mtime, UnixSeconds{5});
  EXPECT_EQ(collection.cards.Get(CardId{100})->queue, -1);
  EXPECT_EQ(collection.config.Get("rollover"), "4");
}

class Counts : public TestFolder {};

TEST_F(Counts, AreRememberedForOneStateAndForgottenWithADamagedFile) {
  const CollectionState state{.generation = 2, .mod = UnixMillis{10}, .usn = Usn{3}};
  const RowCounts counts{
      .cards = 1, .notes = 2, .revlog = 3, .notetypes = 4, .decks = 5, .deck_configs = 6};
  StateDb(folder()).Remember(state, counts);
  EXPECT_EQ(StateDb(folder()).CountsFor(state), counts);
  EXPECT_EQ(StateDb(folder()).CountsFor({.generation = 3, .mod = UnixMillis{10}, .usn = Usn{3}}),
            std::nullopt);
  WriteFileAtomically(folder() / "state.db", std::string(5000, 'x'));
  EXPECT_EQ(StateDb(folder()).CountsFor(state), std::nullopt);
}

}  // namespace
}  // namespace ankisync
