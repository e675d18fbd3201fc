// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/folder_name.h"

#include <gtest/gtest.h>

#include <set>

namespace ankisync {
namespace {

std::string Untaken(std::string_view user_name) {
  return FolderNameFor(user_name, [](const std::string&) { return false; });
}

TEST(FolderName, IsTheUserNameWhereNoFileSystemObjects) {
  for (const char* name : {"ada", "ada@example.org", "é ü", "張三", "a.b-c_d+e", "x"})
    EXPECT_EQ(Untaken(name), name);
}

struct Objectionable {
  const char* name;
  const char* folder;
};

TEST(FolderName, IsPercentEncodedWhereOneMight) {
  for (const auto& [name, folder] : {
           Objectionable{".", "%2E"},
           Objectionable{"..", "%2E%2E"},
           Objectionable{"../etc", "%2E.%2Fetc"},
           Objectionable{".hidden", "%2Ehidden"},
           Objectionable{"dot.", "dot%2E"},
           Objectionable{"blank ", "blank%20"},
           Objectionable{"a/b\\c:d", "a%2Fb%5Cc%3Ad"},
           Objectionable{"*?\"<>|", "%2A%3F%22%3C%3E%7C"},
           Objectionable{"100%", "100%25"},
           Objectionable{"tab\there", "tab%09here"},
       }) {
    EXPECT_EQ(Untaken(name), folder);
  }
}

TEST(FolderName, IsAnotherOneForNamesThatAFileSystemMightTakeForOne) {
  std::set<std::string> keys;
  std::set<std::string> folders;
  const auto add = [&](std::string_view name) {
    const auto folder =
        FolderNameFor(name, [&](const std::string& key) { return keys.contains(key); });
    EXPECT_TRUE(keys.insert(FolderKey(folder)).second) << folder;
    folders.insert(folder);
  };
  for (const char* name : {"ada", "Ada", "ADA", "\u00C4", "\u00E4", "A\u0308", "ada%~2"}) add(name);
  EXPECT_EQ(folders, (std::set<std::string>{"ada", "Ada%~2", "ADA%~3", "\u00C4", "\u00E4%~2",
                                            "A\u0308%~3", "ada%25~2"}));
}

TEST(FolderName, OfTheLongestUserNameFitsAFileSystem) {
  const auto only_second = [calls = 0](const std::string&) mutable { return calls++ == 0; };
  EXPECT_LE(FolderNameFor(std::string(80, '/'), only_second).size(), 255U);
}

}  // namespace
}  // namespace ankisync
