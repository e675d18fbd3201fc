// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/tag_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "common/storage/collection/text/test_vectors.h"
#include "common/storage/collection/text/unicase.h"

namespace ankisync {
namespace {

// The tags table as far as spelling goes.
class Tags {
 public:
  void Add(const std::string& name) { names_.push_back(name); }

  void Receive(const std::string& sent) {
    const std::string name = CleanTagName(sent);
    if (Find(name)) return;
    Add(AdoptAncestorSpelling(name, [this](std::string_view ancestor) { return Find(ancestor); }));
  }

  std::multiset<std::string> names() const { return {names_.begin(), names_.end()}; }

 private:
  std::optional<std::string> Find(std::string_view name) const {
    const auto found = std::find_if(
        names_.begin(), names_.end(),
        [name](const std::string& stored) { return CompareUnicase(stored, name) == 0; });
    return found == names_.end() ? std::nullopt : std::optional(*found);
  }

  std::vector<std::string> names_;
};

bool AreTexts(const rapidjson::Value& list) {
  return list.IsArray() && std::all_of(list.Begin(), list.End(), [](const rapidjson::Value& item) {
           return item.IsString();
         });
}

TEST(TagName, IsStoredLikeTheReferenceStoresEveryGoldenTag) {
  const auto vectors = LoadVectors("merge.json");
  ASSERT_EQ(vectors["tags"].Size(), 15U);
  int refused = 0;
  for (const auto& c : vectors["tags"].GetArray()) {
    if (!AreTexts(c["sent"])) {
      ++refused;  // by the reader of the JSON
      continue;
    }
    Tags tags;
    for (const auto& row : c["before"].GetArray()) tags.Add(TextOf(row[0]));
    for (const auto& sent : c["sent"].GetArray()) tags.Receive(TextOf(sent));
    std::multiset<std::string> after;
    for (const auto& row : c["after"].GetArray()) after.insert(TextOf(row[0]));
    EXPECT_EQ(tags.names(), after) << c["note"].GetString();
  }
  EXPECT_EQ(refused, 3);
}

TEST(TagName, IsNormalisedWithTheTablesOfTheReference) {
  const auto vectors = LoadVectors("media.json");
  for (const auto& c : vectors["normalisation_tables"].GetArray()) {
    EXPECT_EQ(CleanTagName(TextOf(c["text"])), TextOf(c["tag_stored"])) << c["note"].GetString();
  }
}

// The reference makes "A::::b" of it, a name that is not the tag's.
TEST(TagName, AnAncestorThatEndsInAColonKeepsTheRestOfTheName) {
  const auto stored = [](std::string_view name) {
    return name == "a:" ? std::optional<std::string>("A:") : std::nullopt;
  };
  EXPECT_EQ(AdoptAncestorSpelling("a:::b", stored), "A:::b");
}

TEST(TagName, ABottomlessNameAsksForABoundedNumberOfAncestors) {
  int asked = 0;
  const std::string name = CleanTagName(Repeated("::", 100'000));
  const auto spelled = AdoptAncestorSpelling(name, [&asked](std::string_view) {
    ++asked;
    return std::nullopt;
  });
  EXPECT_EQ(spelled, name);
  EXPECT_EQ(asked, kTagAncestorsMax);
}

}  // namespace
}  // namespace ankisync
