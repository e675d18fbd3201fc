// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_value.h"

#include <gtest/gtest.h>

#include "common/codec/json_events.h"
#include "common/core/error.h"

namespace ankisync::json {
namespace {

TEST(JsonDocument, KeepsNumbersAsTheyWereWrittenAndEqualKeysApart) {
  const Document document =
      Document::Parse(R"( {"a":1.50,"b":-0,"a":9223372036854775807,"c":"é"} )");
  const auto members = document.root().members();
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[0].value.text(), "1.50");
  EXPECT_EQ(members[1].value.text(), "-0");
  EXPECT_EQ(document.root().Find("a")->text(), "9223372036854775807");
  EXPECT_EQ(document.root().Find("c")->text(), "é");
  EXPECT_TRUE(document.root().HasDuplicateKeys());
}

TEST(JsonDocument, TellsTheLastOfEqualKeys) {
  const Document document = Document::Parse(R"({"a":1,"b":2,"a":3})");
  const auto kept = document.root().LastMembers();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0]->key, "b");
  EXPECT_EQ(kept[1]->value.text(), "3");
}

TEST(JsonDocument, KeepsNulInsideStrings) {
  const Document document = Document::Parse("[\"a\\u0000b\"]");
  EXPECT_EQ(document.root().items()[0].text(), std::string_view("a\0b", 3));
}

TEST(JsonDocument, KnowsHowDeepAValueIsNested) {
  EXPECT_EQ(Document::Parse("1").root().height(), 0U);
  EXPECT_EQ(Document::Parse("[[],{\"a\":[1]}]").root().height(), 3U);
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(Document::Parse(deep).root().height(), 1'000'000U);
}

class NoJson : public testing::TestWithParam<std::string> {};

TEST_P(NoJson, IsRefusedByTheTreeAndByTheEvents) {
  EXPECT_THROW(Document::Parse(GetParam()), SyncError);
  struct Ignore final : Events {
    void Null() override {}
    void Bool(bool) override {}
    void Number(std::string_view) override {}
    void String(std::string_view) override {}
    void Key(std::string_view) override {}
    void StartObject() override {}
    void EndObject() override {}
    void StartArray() override {}
    void EndArray() override {}
  } ignore;
  StringSource source(GetParam());
  EXPECT_THROW(ReadEvents(source, ignore), SyncError);
}

INSTANTIATE_TEST_SUITE_P(Texts, NoJson,
                         testing::Values("", " ", "{", "{}x", "{} {}", "[1,]", "{\"a\"}", "01",
                                         "+1", "1.", "nul", "\"\\ud83d\"", "\"\\udc00\"",
                                         "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xf0",
                                         "\"123456789012\xf0\x9f", "\xef\xbb\xbf{}",
                                         std::string("{}\0", 3), std::string("{}\0x", 4), "'a'",
                                         "\"a\nb\"", "// c\n1", "1e400"));

}  // namespace
}  // namespace ankisync::json
