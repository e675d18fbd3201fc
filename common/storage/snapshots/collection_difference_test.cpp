// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/collection_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/storage/snapshots/test_user.h"

namespace ankisync {
namespace {

using testing::ElementsAre;

TEST(CollectionDifference, CountsWhatWouldComeGoAndChange) {
  TestUser user;
  user.AddNote(1, 1);
  user.AddNote(2, 1);
  const auto other = user.folder / "other.anki2";
  {
    Collection before(user.present());
    before.db.Script(
        "INSERT INTO revlog VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1), (2, 1, 1, 1, 1, 1, 1, 1, 1); "
        "INSERT INTO decks VALUES (5, 'Deutsch' || char(31) || 'Verben', 1, 1, x'', x'')");
    sqlite::CopyDatabase(before.db, other);
  }
  Collection now(user.present());
  now.db.Script(
      "DELETE FROM notes WHERE id = 1; UPDATE notes SET mod = 9; DELETE FROM cards WHERE id = 1; "
      "DELETE FROM revlog; DELETE FROM decks WHERE id = 5; "
      "INSERT INTO decks VALUES (6, 'Leer', 1, 1, x'', x'')");
  const CollectionDifference found = Compare(user.generations.link(), other);
  EXPECT_EQ(found.notes.gained, 1);
  EXPECT_EQ(found.notes.lost, 0);
  EXPECT_EQ(found.notes.changed, 1);
  EXPECT_EQ(found.cards.gained, 1);
  EXPECT_EQ(found.reviews.gained, 2);
  EXPECT_EQ(found.decks.gained, 1);
  EXPECT_EQ(found.decks.lost, 1);
  EXPECT_THAT(found.decks_gained, ElementsAre("Deutsch::Verben"));
  EXPECT_THAT(found.decks_lost, ElementsAre("Leer"));
}

}  // namespace
}  // namespace ankisync
