// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/codec/json_read.h"
#include "common/core/error.h"
#include "common/core/hash.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/proto/vectors.h"

// schema_conversion.json: the objects of schema-11 collections, one by one. Unique and normalised
// names, new ids, and what happens to cards are the upgrade's business, and its tests'.
namespace ankisync {
namespace {

using Table = std::vector<std::string>;

template <typename Row>
std::string Head(const Row& row) {
  return std::to_string(Raw(row.id)) + ' ' + row.name + ' ' + std::to_string(Raw(row.mtime)) + ' ' +
         std::to_string(Raw(row.usn));
}

// The rows of `after` as lines, their columns separated by blanks.
Table Lines(const json::Value& rows) {
  Table lines;
  for (const json::Value& row : rows.items()) {
    std::string line;
    for (const json::Value& column : row.items()) line += ' ' + std::string(column.text());
    lines.push_back(line.substr(1));
  }
  return lines;
}

class SchemaConversion : public testing::Test {
 protected:
  const json::Value& Cases(const char* direction) const { return *vectors_.root().Find(direction); }

  // A JSON column of `col` in a case of the upgrade; one with equal keys is there as text.
  json::Document Column(const json::Value& c, const char* name) const {
    const json::Value* changed = c.Find("col_json")->Find(name);
    const json::Value& column =
        changed ? *changed : *vectors_.root().Find("legacy_json_of_base")->Find(name);
    if (column.is(json::Kind::kString)) return json::Document::Parse(std::string(column.text()));
    std::string text;
    json::Writer(text).Tree(column);
    return json::Document::Parse(text);
  }

  const json::Document vectors_ = LoadVectors("schema_conversion.json");
};

TEST_F(SchemaConversion, PresetsOfSchema11AreStoredAndTheirInitialEaseLifted) {
  for (const json::Value& c : Cases("upgrade_11_to_18").items()) {
    SCOPED_TRACE(c.Find("note")->text());
    if (!c.Find("after")) continue;  // refused: see below
    Table rows;
    const auto column = Column(c, "dconf");
    for (const json::Member* member : column.root().LastMembers()) {
      auto row = ReadDeckConfig(member->value, ZeroId::kAllowed);
      row.id = static_cast<DeckConfigId>(*json::ParseInt<std::int64_t>(member->key));
      LiftInitialEase(row);
      rows.push_back(Head(row) + ' ' + Hex(row.config));
    }
    EXPECT_EQ(rows, Lines(*c.Find("after")->Find("deck_config")));
  }
}

TEST_F(SchemaConversion, DecksOfSchema11AreStored) {
  for (const json::Value& c : Cases("upgrade_11_to_18").items()) {
    const auto note = c.Find("note")->text();
    SCOPED_TRACE(note);
    const auto column = Column(c, "decks");
    if (note == "a deck without a required key") {
      EXPECT_THROW(ReadDeck(*column.root().Find("1")), SyncError);
      continue;
    }
    if (note == "decks: duplicate and odd names") continue;  // the upgrade's
    Table rows;
    for (const json::Member* member : column.root().LastMembers()) {
      rows.push_back(Head(ReadDeck(member->value)));
    }
    EXPECT_EQ(rows, Lines(*c.Find("after")->Find("decks")));
  }
}

TEST_F(SchemaConversion, NotetypesOfSchema11AreStored) {
  for (const json::Value& c : Cases("upgrade_11_to_18").items()) {
    const auto note = c.Find("note")->text();
    SCOPED_TRACE(note);
    const json::Value* after = c.Find("after");
    const bool renumbered =
        note == "models: id 0" || note == "models: map key differs from inner id";
    if (!after || renumbered || note == "models: duplicate names and NFC")
      continue;  // the upgrade's
    Table rows;
    Table fields;
    Table templates;
    const auto column = Column(c, "models");
    for (const json::Member* member : column.root().LastMembers()) {
      const auto row = ReadNotetype(member->value);
      rows.push_back(Head(row));
      const auto add = [&row](const auto& parts, Table& lines, const std::string& end) {
        for (std::size_t ord = 0; ord < parts.size(); ++ord) {
          lines.push_back(std::to_string(Raw(row.id)) + ' ' + std::to_string(ord) + ' ' +
                          parts[ord].name + end);
        }
      };
      add(row.fields, fields, "");
      add(row.templates, templates, " 0 0");
    }
    EXPECT_EQ(rows, Lines(*after->Find("notetypes")));
    EXPECT_EQ(fields, Lines(*after->Find("fields")));
    EXPECT_EQ(templates, Lines(*after->Find("templates")));
  }
}

TEST_F(SchemaConversion, ANotetypeWithId0IsReadForTheUpgradeOnly) {
  for (const json::Value& c : Cases("upgrade_11_to_18").items()) {
    if (c.Find("note")->text() != "models: id 0") continue;
    const auto column = Column(c, "models");
    const json::Value& zero = *column.root().Find("0");
    EXPECT_EQ(ReadNotetype(zero, ZeroId::kAllowed).name, "Zero");
    EXPECT_THROW(ReadNotetype(zero), SyncError);
    return;
  }
  FAIL() << "no such case";
}

TEST_F(SchemaConversion, WhatTheReferenceWritesForSchema11ComesBackTheSame) {
  const std::pair<const char*, const char*> kColumns[] = {
      {"models", "notetype"}, {"decks", "deck"}, {"dconf", "deck_config"}};
  std::size_t objects = 0;
  for (const json::Value& c : Cases("downgrade_18_to_11").items()) {
    SCOPED_TRACE(c.Find("note")->text());
    if (!c.Find("col_json")) continue;  // undecodable: see below
    for (const auto& [column, type] : kColumns) {
      for (const json::Member& member : c.Find("col_json")->Find(column)->members()) {
        std::string text;
        json::Writer(text).Tree(member.value);
        EXPECT_EQ(Difference(Flatten(member.value), Receive(type, text).out), "");
        ++objects;
      }
    }
  }
  EXPECT_GT(objects, 14U);
}

TEST_F(SchemaConversion, RowsOfTheDowngradeAreWrittenAsTheReferenceDoes) {
  const auto expected = [this](std::string_view note, const char* column, const char* id) {
    for (const json::Value& c : Cases("downgrade_18_to_11").items()) {
      if (c.Find("note")->text() == note)
        return Flatten(*c.Find("col_json")->Find(column)->Find(id));
    }
    return Flat{};
  };
  const DeckConfigRow preset{DeckConfigId{1}, "Default", {}, {}, ""};
  EXPECT_EQ(
      Difference(expected("preset with values out of range", "dconf", "1"), Convert(preset).out),
      "");
  DeckRow deck{DeckId{20},
               "A\x1f"
               "B",
               UnixSeconds{5},
               Usn{3},
               "",
               FromHex("0a020801")};
  EXPECT_EQ(Difference(expected("deck names", "decks", "20"), Convert(deck).out), "");
  deck.kind = FromHex("ff");
  EXPECT_THROW(Convert(deck), SyncError);
}

}  // namespace
}  // namespace ankisync
