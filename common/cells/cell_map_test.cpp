// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/cells/cell_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"

namespace ankisync {
namespace {

constexpr char kTwoCells[] = R"(
cells:
  a: {url: "https://a.example.org/"}
  b: {url: "https://b.example.org/anki", internal: "http://b:27701"}
buckets:
  a: [0-493, 495]
  b: [494, 496-1023]
exceptions:
  - {account: 42, user: grace, cell: a}
)";

TEST(CellMap, SaysWhereABucketLives) {
  const CellMap map = CellMap::Parse(kTwoCells);
  EXPECT_EQ(map.HomeOfUser("ada").name, "b");  // bucket 494
  EXPECT_EQ(map.HomeOf(AccountId{7}, 495).name, "a");
  EXPECT_EQ(map.Named("b").url, "https://b.example.org/anki/");
  EXPECT_EQ(map.Named("b").internal, "http://b:27701/");
  EXPECT_EQ(map.Named("a").internal, "https://a.example.org/");
}

TEST(CellMap, AnExceptionGoesBeforeTheBucket) {
  const CellMap map = CellMap::Parse(kTwoCells);
  EXPECT_EQ(map.HomeOf(AccountId{42}, 1000).name, "a");
  EXPECT_EQ(map.HomeOfUser("grace").name, "a");
}

TEST(CellMap, IsReadFromJsonToo) {
  EXPECT_EQ(
      CellMap::Parse(R"({"cells": {"a": {"url": "http://a/"}}, "buckets": {"a": ["0-1023"]}})")
          .HomeOfUser("ada")
          .name,
      "a");
}

TEST(CellMap, IsWrittenAsItIsRead) {
  CellMap map = CellMap::Parse(kTwoCells);
  map.Place(AccountId{43}, "é \"ü\"", "b", CellMap::Keep::kAlways);
  map.PlaceBucket(1023, "a");
  const CellMap again = CellMap::Parse(map.Text());
  EXPECT_EQ(again.Text(), map.Text());
  EXPECT_EQ(again.HomeOfUser("é \"ü\"").name, "b");
  EXPECT_EQ(again.HomeOfBucket(1023).name, "a");
  EXPECT_EQ(again.Named("b").internal, "http://b:27701/");
}

TEST(CellMap, AnExceptionThatItsBucketMakesNeedlessGoes) {
  CellMap map = CellMap::Parse(kTwoCells);
  map.Place(AccountId{1}, "ada", "a", CellMap::Keep::kWhereNeeded);
  EXPECT_EQ(map.HomeOfUser("ada").name, "a");
  map.Place(AccountId{1}, "ada", "b", CellMap::Keep::kWhereNeeded);
  EXPECT_EQ(map.HomeOfUser("ada").name, "b");
  EXPECT_FALSE(map.exceptions().contains(AccountId{1}));
  map.Place(AccountId{1}, "ada", "b", CellMap::Keep::kAlways);
  EXPECT_TRUE(map.exceptions().contains(AccountId{1}));
}

TEST(CellMap, WhoIsAddedAgainHasOneExceptionAndTheFileCanStillBeRead) {
  CellMap map = CellMap::Parse(kTwoCells);
  map.Place(AccountId{1}, "ada", "a", CellMap::Keep::kAlways);
  map.Place(AccountId{2}, "ada", "a", CellMap::Keep::kAlways);  // the first was deleted
  const CellMap read = CellMap::Parse(map.Text());
  EXPECT_FALSE(read.exceptions().contains(AccountId{1}));
  EXPECT_EQ(read.exceptions().at(AccountId{2}).cell, "a");
}

TEST(CellMap, TwoProgramsThatChangeTheFileForgetNothingOfEachOther) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "cells.yaml";
  WriteFileAtomically(file, kTwoCells);
  const auto place = [&](std::int64_t first) {
    for (std::int64_t id = first; id < first + 20; ++id) {
      ChangeCellMap(file, [&](CellMap& map) {
        map.Place(AccountId{id}, "user " + std::to_string(id), "a", CellMap::Keep::kAlways);
      });
    }
  };
  const std::size_t before = ReadCellMap(file).exceptions().size();
  std::thread other([&] { place(100); });
  place(200);
  other.join();
  EXPECT_EQ(ReadCellMap(file).exceptions().size(), before + 40);
}

TEST(CellMap, ALinkIsWrittenThrough) {
  const TemporaryFolder folder;
  WriteFileAtomically(folder.path() / "1.yaml", kTwoCells);
  std::filesystem::create_symlink("1.yaml", folder.path() / "cells.yaml");
  ChangeCellMap(folder.path() / "cells.yaml", [](CellMap& map) { map.PlaceBucket(494, "a"); });
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "cells.yaml"));
  EXPECT_EQ(ReadCellMap(folder.path() / "1.yaml").HomeOfUser("ada").name, "a");
}

struct Wrong {
  const char* text;
  const char* sentence;
};

class CellMapWrong : public testing::TestWithParam<Wrong> {};

TEST_P(CellMapWrong, IsRefusedWithASentence) {
  try {
    CellMap::Parse(GetParam().text);
    FAIL() << "was read";
  } catch (const SyncError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().sentence));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, CellMapWrong,
    testing::Values(
        Wrong{"", "is no map"}, Wrong{"a: [", "cannot be read"}, Wrong{"cels: {}", "key cels"},
        Wrong{"cells: {}", "there are no cells"}, Wrong{"cells: {a: {}}", "a: url is missing"},
        Wrong{"cells: {a/b: {url: 'http://a/'}}", "letters, digits"},
        Wrong{"cells: {a: {url: 'ftp://a/'}}", "no address"},
        Wrong{"cells: {a: {url: 'http://a/ b'}}", "no address"},
        Wrong{"cells: {a: {url: 'http://a'}, b: {url: 'http://a/'}}", "another cell has its url"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1022]}", "1023 is in no cell"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1023, 7]}", "7 is in two cells"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1024]}", "up to 1023: 1024"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [9-8]}", "end before they begin"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {b: [0-1023]}", "no cell b"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1023]}\n"
              "exceptions: [{account: 1, cell: a}]",
              "user of exception 1 is missing"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1023]}\n"
              "exceptions: [{account: 1, user: ada, cell: b}]",
              "no cell b"},
        Wrong{"cells: {a: {url: 'http://a/'}}\nbuckets: {a: [0-1023]}\n"
              "exceptions: [{account: 1, user: ada, cell: a}, {account: 2, user: ada, cell: a}]",
              "user ada has two exceptions"}));

}  // namespace
}  // namespace ankisync
