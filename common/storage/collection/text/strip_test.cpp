// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/strip.h"

#include <gtest/gtest.h>

#include "common/storage/collection/text/note_text.h"
#include "common/storage/collection/text/test_vectors.h"

namespace ankisync {
namespace {

TEST(Strip, AgreesWithTheReferenceOnEveryGoldenField) {
  const auto vectors = LoadVectors("strip.json");
  ASSERT_EQ(vectors["cases"].Size(), 696U);
  for (const auto& c : vectors["cases"].GetArray()) {
    const std::string input = TextOf(c[0]);
    const std::string stored = TextOf(c[1]);
    const std::string stripped = TextOf(c[2]);
    EXPECT_EQ(StripField(stored), stripped) << stored;
    EXPECT_EQ(FieldChecksum(stripped), c[3].GetUint()) << stored;

    const auto note = NoteTextOf(input + '\x1F', "", {.field_count = 2, .sort_field = 0});
    ASSERT_TRUE(note) << input;
    EXPECT_EQ(note->fields, stored + '\x1F');
    EXPECT_EQ(note->sort_field, stripped);
    EXPECT_EQ(note->checksum, c[3].GetUint());
  }
}

TEST(Strip, AMediaNameIsStrippedAndDecodedLikeOtherText) {
  EXPECT_EQ(StripField("<img src=\"a<b>&amp;.jpg\">"), " a&.jpg ");
}

TEST(Strip, MegabytesOfHostileMarkupTakeOnePass) {
  constexpr std::size_t kTimes = 500'000;
  for (const std::string text : {"<style", "<img", "<img src", "\"", "<img \"", "<img 'src="}) {
    EXPECT_EQ(StripField(Repeated(text, kTimes)), Repeated(text, kTimes)) << text;
  }
  EXPECT_EQ(StripField(Repeated("<img ", kTimes) + ">"), "");
  EXPECT_EQ(StripField("<img " + Repeated("\"'>", kTimes)), Repeated("\"'>", kTimes - 1));
}

}  // namespace
}  // namespace ankisync
