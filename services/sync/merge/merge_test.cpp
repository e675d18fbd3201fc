// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/merge/merge.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace ankisync::sync {
namespace {

struct Case {
  std::string name;
  Stamp stored;
  UnixSeconds incoming;
  Usn client_usn;
  bool client_wins;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class CardOrNote : public testing::TestWithParam<Case> {};

TEST_P(CardOrNote, IsTheClientsWhenOursDidNotChangeOrItsEditIsLater) {
  const Case& c = GetParam();
  EXPECT_EQ(ClientWinsRow(c.stored, {Usn{10}, c.incoming}, c.client_usn), c.client_wins);
}

constexpr UnixSeconds kEarly{100};
constexpr UnixSeconds kLate{200};

INSTANTIATE_TEST_SUITE_P(
    Rows, CardOrNote,
    testing::Values(
        Case{"UnchangedHere_TakesEvenAnOlderEdit", {Usn{9}, kLate}, kEarly, Usn{10}, true},
        Case{"ChangedHere_TakesALaterEdit", {Usn{10}, kEarly}, kLate, Usn{10}, true},
        Case{"ChangedHere_KeepsALaterEdit", {Usn{10}, kLate}, kEarly, Usn{10}, false},
        Case{"ChangedHere_OfEqualEditsKeepsOurs", {Usn{10}, kLate}, kLate, Usn{10}, false},
        // No client says -1; the reference then takes only its own mark for a change.
        Case{"ClientUsnMinus1_AnyUsnIsUnchanged", {Usn{0}, kLate}, kEarly, Usn{-1}, true},
        Case{"ClientUsnMinus1_TheMarkIsAChange", {Usn{-1}, kLate}, kEarly, Usn{-1}, false}),
    [](const auto& test) { return test.param.name; });

TEST(NotetypeDeckOrPreset, IsTheClientsUnlessOursIsLater) {
  EXPECT_TRUE(ClientWinsObject(kEarly, kLate));
  EXPECT_TRUE(ClientWinsObject(kEarly, kEarly));
  EXPECT_FALSE(ClientWinsObject(kLate, kEarly));
}

}  // namespace
}  // namespace ankisync::sync
