// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <vector>

#include "common/core/unique_fd.h"

namespace ankisync {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr UnixMillis kNoon{1'769'860'800'123};  // 2026-01-31T12:00:00.123Z

// A log whose lines can be read back.
class Logged : public testing::Test {
 protected:
  Logged() {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0) {
      read_end_ = UniqueFd(ends[0]);
      write_end_ = UniqueFd(ends[1]);
    }
  }

  Log Text(LogLevel level = LogLevel::kDebug) {
    return Log(level, LogFormat::kText, clock_, write_end_.get());
  }
  Log Json() { return Log(LogLevel::kDebug, LogFormat::kJson, clock_, write_end_.get()); }

  std::string Written() {
    std::string text(65'536, '\0');
    const ssize_t count = ::read(read_end_.get(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  std::string TextOf(std::string_view value) {
    Text().Info("e", {{"v", value}});
    const std::string line = Written();
    const std::string_view head = "2026-01-31T12:00:00.123Z info    e v=";
    EXPECT_EQ(line.substr(0, head.size()), head);
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    return line.substr(head.size(), line.size() - head.size() - 1);
  }

  ManualClock clock_{kNoon};
  UniqueFd read_end_;
  UniqueFd write_end_;
};

TEST_F(Logged, TextIsOneLineForPeople) {
  Text().Info("✅ SYNC SUCCESS",
              {{"user", "ada"}, {"seconds", 0.0512345678}, {"objects", 12}, {"full", false}});
  EXPECT_EQ(Written(),
            "2026-01-31T12:00:00.123Z info    ✅ SYNC SUCCESS user=ada seconds=0.0512346 "
            "objects=12 full=false\n");
}

TEST_F(Logged, JsonIsOneObjectForMachines) {
  Json().Error("❌ SYNC FAILED", {{"user", std::string("é ü")},
                                 {"bytes", std::uint64_t{1} << 40},
                                 {"seconds", std::numeric_limits<double>::infinity()}});
  EXPECT_EQ(Written(),
            "{\"time\":\"2026-01-31T12:00:00.123Z\",\"level\":\"error\","
            "\"event\":\"❌ SYNC FAILED\",\"user\":\"é ü\",\"bytes\":1099511627776,"
            "\"seconds\":null}\n");
}

TEST_F(Logged, AnEmptyTextIsLeftOut) {
  Text().Info("login", {{"user", ""}, {"client", "desktop"}});
  EXPECT_EQ(Written(), "2026-01-31T12:00:00.123Z info    login client=desktop\n");
}

TEST_F(Logged, TheLevelDecidesAndMayChange) {
  Log log = Text(LogLevel::kWarning);
  log.Info("a");
  EXPECT_EQ(Written(), "");
  log.Warning("b");
  EXPECT_THAT(Written(), EndsWith("warning b\n"));
  log.SetLevel(LogLevel::kDebug);
  log.Debug("c");
  EXPECT_THAT(Written(), EndsWith("debug   c\n"));
  EXPECT_EQ(log.lines(LogLevel::kInfo), 0U);
  EXPECT_EQ(log.lines(LogLevel::kWarning), 1U);
  EXPECT_EQ(log.lines(LogLevel::kDebug), 1U);
}

TEST_F(Logged, AValueCannotForgeAFieldOrALine) {
  EXPECT_EQ(TextOf("ada"), "ada");
  EXPECT_EQ(TextOf("ada user=root"), "\"ada user=root\"");
  EXPECT_EQ(TextOf("ada\" user=\"root"), "\"ada\\\" user=\\\"root\"");
  EXPECT_EQ(TextOf("ada\\"), "\"ada\\\\\"");
  EXPECT_EQ(TextOf("ada\r\n2026 info ✅"), "\"ada\\u000d\\u000a2026 info ✅\"");
  EXPECT_EQ(TextOf(std::string_view("\0\x1b[2J\x7f", 6)), "\"\\u0000\\u001b[2J\\u007f\"");
}

TEST_F(Logged, WhatTurnsOrHidesTextIsEscaped) {
  EXPECT_EQ(TextOf("\u0085"), "\"\\u0085\"");      // a line end in some terminals
  EXPECT_EQ(TextOf("\u2028"), "\"\\u2028\"");      // and in some programs
  EXPECT_EQ(TextOf("a\u202Eb"), "\"a\\u202eb\"");  // right to left
  EXPECT_EQ(TextOf("a\u2066b\u200B"), "\"a\\u2066b\\u200b\"");
  EXPECT_EQ(TextOf("日本 🎴"), "\"日本 🎴\"");
}

TEST_F(Logged, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(TextOf("\xff"), "\"\\ufffd\"");
  EXPECT_EQ(TextOf("a\xe2\x82"), "\"a\\ufffd\\ufffd\"");           // cut off
  EXPECT_EQ(TextOf("\xc0\xaf"), "\"\\ufffd\\ufffd\"");             // overlong
  EXPECT_EQ(TextOf("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");  // a surrogate
  EXPECT_EQ(TextOf("\xf4\x90\x80\x80x"), "\"\\ufffd\\ufffd\\ufffd\\ufffdx\"");
}

TEST_F(Logged, ALongValueIsCutBetweenCharacters) {
  std::string letters;
  while (letters.size() < 100'000) letters += "é";
  const std::string text = TextOf(letters);
  EXPECT_EQ(text, "\"" + letters.substr(0, Log::kTextBytesMax) + "…\"");
}

TEST_F(Logged, AKeyIsMaskedWhereverItStands) {
  const std::string key(64, 'a');
  EXPECT_EQ(TextOf("7.12." + key), "7.12.********");
  EXPECT_EQ(TextOf("{\"k\":\"7.12." + key + "\"}"), "\"{\\\"k\\\":\\\"7.12.********\\\"}\"");
  const std::string far = std::string(Log::kTextBytesMax - 20, 'x') + " 7.12." + key;
  EXPECT_THAT(TextOf(far), Not(HasSubstr("aa")));
  const std::string checksum(64, 'b');
  EXPECT_EQ(TextOf(checksum), checksum);  // no dot before it: of a file
  Json().Info("7.12." + key);
  EXPECT_THAT(Written(), HasSubstr("\"event\":\"7.12.********\""));
}

TEST_F(Logged, LinesOfManyThreadsStayWhole) {
  Log log = Json();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int j = 0; j < 100; ++j) log.Info("e", {{"v", "0123456789"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string line =
      "{\"time\":\"2026-01-31T12:00:00.123Z\",\"level\":\"info\",\"event\":\"e\","
      "\"v\":\"0123456789\"}\n";
  std::string all;
  for (int i = 0; i < 400; ++i) all += line;
  EXPECT_EQ(Written(), all);
}

TEST_F(Logged, AClosedLogHarmsNobody) {
  const Log log(LogLevel::kInfo, LogFormat::kText, clock_, -1);
  log.Error("nobody reads this");
}

}  // namespace
}  // namespace ankisync
