// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/object_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/error.h"
#include "common/storage/collection/proto/notetype.pb.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/proto/vectors.h"

namespace ankisync {
namespace {

constexpr std::string_view kKnown[] = {"a", "b"};

std::string Nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

std::string Sent(std::string_view other) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  WriteOther(other, kKnown, out);
  out.EndObject();
  return text;
}

TEST(ObjectKeys, UnknownOnesAreKeptOnceInTheirOrder) {
  const auto object = json::Document::Parse(R"({"z":1,"a":2,"y":1.50,"z":3,"b":4})");
  EXPECT_EQ(UnknownKeys(object.root(), kKnown), R"({"y":1.5,"z":3})");
  EXPECT_EQ(UnknownKeys(json::Document::Parse(R"({"a":1})").root(), kKnown), "");
}

TEST(ObjectKeys, WhatOtherHoldsIsSentUnlessItIsKnownOrNoObject) {
  EXPECT_EQ(Sent(R"({"a":1,"y":2})"), R"({"y":2})");
  for (const char* other : {"", "null", "[1]", "{", R"({"y":1e400})", "{\"y\":\"\xff\"}"}) {
    EXPECT_EQ(Sent(other), "{}") << other;
  }
}

TEST(ObjectKeys, NoneIsSentThatIsNestedTooDeepForAnAnswer) {
  EXPECT_NE(Sent(R"({"y":)" + Nested(kObjectHeightMax - 1) + '}'), "{}");
  EXPECT_EQ(Sent(R"({"y":)" + Nested(kObjectHeightMax) + '}'), "{}");
}

TEST(ObjectKeys, AFieldHasTwoLevelsLess) {
  const auto sends = [](std::size_t levels) {
    stored::FieldConfig config;
    config.set_other(R"({"y":)" + Nested(levels) + '}');
    const NotetypeRow row{NotetypeId{1}, "", {}, {}, "", {{"F", config.SerializeAsString()}}, {}};
    const Flat out = Convert(row).out;
    return std::any_of(out.begin(), out.end(),
                       [](const auto& entry) { return entry.first.starts_with("flds/0/y"); });
  };
  EXPECT_TRUE(sends(kObjectHeightMax - 3));
  EXPECT_FALSE(sends(kObjectHeightMax - 2));
}

// upload_limits.json has the same two depths in a whole applyChanges.
TEST(ObjectKeys, ANotetypeIsRefusedThatNoBodyCouldHold) {
  const auto read = [](std::size_t levels) {
    return ReadNotetype(
        json::Document::Parse(R"({"id":1,"name":"","type":0,"mod":1,"usn":1,"sortf":0,"did":null,)"
                              R"("tmpls":[],"flds":[],"css":"","x":)" +
                              Nested(levels) + '}')
            .root());
  };
  EXPECT_NO_THROW(read(123));
  EXPECT_THROW(read(124), SyncError);
}

}  // namespace
}  // namespace ankisync
