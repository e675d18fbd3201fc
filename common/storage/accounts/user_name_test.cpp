// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/user_name.h"

#include <gtest/gtest.h>

#include <string>

#include "common/core/error.h"

namespace ankisync {
namespace {

TEST(UserName, MayBeAnythingThatCanBeReadAndTyped) {
  for (const std::string_view name :
       {"a", "ada@example.org", "é ü", " ", "..", "a:b", "張三", "\U0001F600", "../../etc/passwd"})
    EXPECT_NO_THROW(CheckUserName(name)) << name;
  EXPECT_NO_THROW(CheckUserName(std::string(kUserNameBytesMax, 'x')));
}

TEST(UserName, IsRefusedWhenNoPersonCouldMeanIt) {
  using namespace std::string_view_literals;
  for (const std::string_view name :
       {""sv, "a\0b"sv, "a\nb"sv, "\x1B[31m"sv, "\x7F"sv, "\xC2\x85"sv, "\xFF"sv, "\xC3"sv,
        "\xED\xA0\x80"sv, "\xC0\xAF"sv})
    EXPECT_THROW(CheckUserName(name), SyncError) << name;
  EXPECT_THROW(CheckUserName(std::string(kUserNameBytesMax + 1, 'x')), SyncError);
}

}  // namespace
}  // namespace ankisync
