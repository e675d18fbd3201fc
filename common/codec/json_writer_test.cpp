// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/core/error.h"

namespace ankisync::json {
namespace {

TEST(JsonWriter, PlacesCommasAndEscapes) {
  std::string out;
  Writer writer(out);
  writer.StartObject().Key("a").StartArray().Int(1).Text("x\"\\\n\x01é").Null().EndArray();
  writer.Key("b").StartObject().EndObject().Key("c").Bool(true).EndObject();
  EXPECT_EQ(out, "{\"a\":[1,\"x\\\"\\\\\\n\\u0001é\",null],\"b\":{},\"c\":true}");
}

TEST(JsonWriter, FloatsAreTheShortestThatReadBackTheSame) {
  std::string out;
  Writer writer(out);
  writer.StartArray()
      .Float(0.9F)
      .Float(1.0F)
      .Float(-0.0F)
      .Float(4294967296.0F)
      .Float(-99999997952.0F)
      .Float(std::numeric_limits<float>::infinity())
      .Double(0.1)
      .Double(9007199254740993.0)
      .EndArray();
  EXPECT_EQ(out, "[0.9,1.0,-0.0,4294967300.0,-100000000000.0,null,0.1,9007199254740992.0]");
}

TEST(JsonWriter, TreeKeepsNumbersAndNormalisedWritesThemAsTheReferenceDoes) {
  const Document document = Document::Parse(
      R"({"a":1.50,"b":1e5,"c":-0,"d":18446744073709551616,"e":18446744073709551615,"a":2})");
  std::string tree;
  Writer(tree).Tree(document.root());
  EXPECT_EQ(tree,
            R"({"a":1.50,"b":1e5,"c":-0,"d":18446744073709551616,"e":18446744073709551615,"a":2})");
  std::string normalised;
  Writer(normalised).Normalised(document.root());
  EXPECT_EQ(normalised,
            R"({"b":100000.0,"c":-0.0,"d":1.8446744073709552e19,"e":18446744073709551615,"a":2})");
}

TEST(JsonWriter, NormalisedRefuses128Levels) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  std::string out;
  EXPECT_NO_THROW(Writer(out).Normalised(Document::Parse(nested(127)).root()));
  EXPECT_THROW(Writer(out).Normalised(Document::Parse(nested(128)).root()), SyncError);
}

}  // namespace
}  // namespace ankisync::json
