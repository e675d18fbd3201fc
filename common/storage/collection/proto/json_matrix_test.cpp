// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/collection/proto/vectors.h"

// json_matrix.json: every key of every object with a battery of values.
namespace ankisync {
namespace {

const json::Document& Matrix() {
  static const json::Document matrix = LoadVectors("json_matrix.json");
  return matrix;
}

// `object` with one key's value replaced by raw JSON, or removed.
std::string With(const json::Value& object, std::string_view key,
                 const std::optional<std::string>& raw) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  for (const json::Member& member : object.members()) {
    if (member.key != key) out.Key(member.key).Tree(member.value);
  }
  if (raw) out.Key(key).Raw(*raw);
  out.EndObject();
  return text;
}

std::string With(const std::string& object, std::string_view key,
                 const std::optional<std::string>& raw) {
  return With(json::Document::Parse(object).root(), key, raw);
}

struct Kind {
  const char* name;
  const char* type;
  const char* top;     // the base that it is a part of, or itself
  const char* member;  // where in that
  bool listed;         // as the only item of an array
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

// JSON text of the whole object that holds the value under test.
std::string Text(const Kind& kind, std::string_view key, const std::optional<std::string>& raw) {
  const json::Value& bases = *Matrix().root().Find("bases");
  const auto base = [&](const char* name) {
    return std::string(bases.Find(name)->Find("in")->text());
  };
  std::string top = With(With(base(kind.top), "id", "500000"), "name", "\"U500000\"");
  if (!kind.member) return With(top, key, raw);
  const std::string part = With(base(kind.name), key, raw);
  return With(top, kind.member, kind.listed ? '[' + part + ']' : part);
}

Flat Changed(const json::Value& base, const json::Value& changes) {
  Flat flat = Flatten(base);
  for (const json::Value& change : changes.items()) {
    const auto items = change.items();
    Replace(flat, std::string(items[0].text()), items.size() > 1 ? &items[1] : nullptr);
  }
  return flat;
}

// Where we depart from the reference. JSON has no infinity: it writes null, which clients refuse
// (and with it the sync) or take for an empty list. We send that list, and 0 for seconds.
struct Departure {
  std::string_view kind;
  std::string_view key;
  std::string_view raw;
  const char* path;
  const char* ours;
};
constexpr Departure kDepartures[] = {
    {"dconf", "fsrsWeights", "[1e39]", "fsrsWeights", "[]"},
    {"dconf", "fsrsParams5", "[1e39]", "fsrsParams5", "[]"},
    {"dconf", "fsrsParams6", "[1e39]", "fsrsParams6", "[]"},
    {"dconf", "easyDaysPercentages", "[1e39]", "easyDaysPercentages", "[]"},
    {"dconf", "secondsToShowQuestion", "1e39", "secondsToShowQuestion", "0.0"},
    {"dconf", "secondsToShowAnswer", "1e39", "secondsToShowAnswer", "0.0"},
    {"dconf.new", "delays", "[1e39]", "new/delays", "[]"},
    {"dconf.lapse", "delays", "[1e39]", "lapse/delays", "[]"},
    {"deck_filtered", "delays", "[1e39]", "delays", "null"},  // as it writes every empty one
};

void Depart(Flat& out, const Kind& kind, std::string_view key, std::string_view raw) {
  for (const Departure& departure : kDepartures) {
    if (departure.kind != kind.name || departure.key != key || departure.raw != raw) continue;
    const auto ours = json::Document::Parse(departure.ours);
    Replace(out, departure.path, &ours.root());
  }
}

class JsonMatrix : public testing::TestWithParam<Kind> {};

TEST_P(JsonMatrix, EveryValueOfEveryKeyIsStoredAndSentAsTheReferenceDoes) {
  const Kind kind = GetParam();
  const json::Value& base = *Matrix().root().Find("bases")->Find(kind.name);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const json::Value& c : Matrix().root().Find("cases")->items()) {
    if (c.Find("kind")->text() != kind.name) continue;
    const std::string_view key = c.Find("key")->text();
    const auto raw_of = [](const json::Value& raw) {
      return raw.is(json::Kind::kNull) ? std::nullopt : std::optional<std::string>(raw.text());
    };
    for (const json::Value& rejected : c.Find("rejected")->items()) {
      const auto raw = raw_of(rejected);
      try {
        Receive(kind.type, Text(kind, key, raw));
        ADD_FAILURE() << key << " = " << raw.value_or("missing") << " is accepted";
      } catch (const SyncError& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest) << error.what();
      }
      ++refused;
    }
    for (const json::Value& entry : c.Find("accepted")->items()) {
      const auto raw = raw_of(entry.items()[0]);
      SCOPED_TRACE(std::string(key) + " = " + raw.value_or("missing"));
      Converted ours;
      ASSERT_NO_THROW(ours = Receive(kind.type, Text(kind, key, raw)));
      EXPECT_EQ(Difference(Comparable(Changed(*base.Find("stored"), entry.items()[1])),
                           Comparable(ours.stored)),
                "");
      Flat out = Changed(*base.Find("out"), entry.items()[2]);
      if (raw) Depart(out, kind, key, *raw);
      EXPECT_EQ(Difference(out, ours.out), "");
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 0U);
  EXPECT_GT(refused, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Objects, JsonMatrix,
    testing::Values(Kind{"notetype", "notetype", "notetype", nullptr, false},
                    Kind{"field", "notetype", "notetype", "flds", true},
                    Kind{"template", "notetype", "notetype", "tmpls", true},
                    Kind{"deck_normal", "deck", "deck_normal", nullptr, false},
                    Kind{"deck_filtered", "deck", "deck_filtered", nullptr, false},
                    Kind{"dconf", "deck_config", "dconf", nullptr, false},
                    Kind{"dconf.new", "deck_config", "dconf", "new", false},
                    Kind{"dconf.rev", "deck_config", "dconf", "rev", false},
                    Kind{"dconf.lapse", "deck_config", "dconf", "lapse", false}),
    [](const testing::TestParamInfo<Kind>& tested) {
      std::string name = tested.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace ankisync
