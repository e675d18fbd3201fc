// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/nfc.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <memory>

#include "common/codec/json_value.h"
#include "common/codec/utf8.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

std::string ByLibrary(std::string_view text, int form) {
  utf8proc_uint8_t* normal = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &normal,
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | form));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(normal, &std::free);
  return {reinterpret_cast<const char*>(normal), static_cast<std::size_t>(size)};
}

TEST(Nfc, KnowsTheTablesThatTheReferenceKnows) {
  const auto vectors =
      json::Document::Parse(ReadFile(ANKISYNC_VECTORS "/media.json", 10 << 20).value());
  const auto cases = vectors.root().Find("normalisation_tables")->items();
  ASSERT_EQ(cases.size(), 9U);
  for (const json::Value& c : cases) {
    EXPECT_EQ(Nfc(c.Find("text")->text()), c.Find("deck_name_stored")->text())
        << c.Find("note")->text();
  }
}

TEST(Nfc, AgreesWithTheLibraryOnEveryCodePointItKnows) {
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    if (utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_CN) continue;
    std::string text;
    AppendUtf8(text, c);
    ASSERT_EQ(Nfc(text), ByLibrary(text, UTF8PROC_COMPOSE)) << std::hex << +c;
    // Between marks of other classes, decomposed, and behind a letter.
    const std::string between = "o\xCC\xA3" + text + "\xCC\x81\xCC\xA8";
    const std::string expected = ByLibrary(between, UTF8PROC_COMPOSE);
    ASSERT_EQ(Nfc(between), expected) << std::hex << +c;
    ASSERT_EQ(Nfc(ByLibrary(between, UTF8PROC_DECOMPOSE)), expected) << std::hex << +c;
  }
}

TEST(Nfc, ComposesHangulAndLeavesExclusionsApart) {
  EXPECT_EQ(Nfc("\u1112\u1161\u11ab"), "\ud55c");
  EXPECT_EQ(Nfc("\u0958"), "\u0915\u093c");
  EXPECT_EQ(Nfc("\u212b"), "\u00c5");
}

TEST(Nfc, ComposesWhatUnicode16AddedInSeveralSteps) {
  EXPECT_EQ(Nfc("\U0001611E\U0001611E\U0001611F"), "\U00016126");
  EXPECT_EQ(Nfc("\U00016D63\U00016D67\U00016D67"), "\U00016D6A");
  EXPECT_EQ(Nfc("\U00016126"), "\U00016126");
}

TEST(Nfc, AMegabyteOfMarksIsStillOneText) {
  std::string text = "a";
  for (int n = 0; n < 500'000; ++n) text += "\u0323\u0301";
  const std::string normal = Nfc(text);
  EXPECT_EQ(normal.size(), std::string("\u1ea1").size() + text.size() - 3);
}

}  // namespace
}  // namespace ankisync
