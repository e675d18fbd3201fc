// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "common/core/clock.h"
#include "common/core/log_level.h"

namespace ankisync {

// One fact of a line. A text is only looked at until the line is written; an empty one is left out.
struct LogField {
  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text)
      : LogField(field, std::string_view(text)) {}
  LogField(std::string_view field, const char* text) : LogField(field, std::string_view(text)) {}
  LogField(std::string_view field, double number) : name(field), value(number) {}
  LogField(std::string_view field, bool truth) : name(field), value(truth) {}
  template <std::integral T>
  LogField(std::string_view field, T number)
      : name(field), value(static_cast<std::int64_t>(number)) {}

  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

// The program's log: one line an event, one write(2) a line. Any thread; never throws; a line that
// cannot be written is lost.
//
//   text  2026-01-31T12:00:00.123Z info  ✅ SYNC SUCCESS user=ada kind=normal seconds=0.051
//   json  {"time":"2026-01-31T12:00:00.123Z","level":"info","event":"✅ SYNC
//   SUCCESS","user":"ada",…}
//
// Events and the names of fields are words of ours; values may be anybody's. A value cannot forge a
// line or a field: what is not plain is quoted, control characters, line ends, invisible and
// text-turning ones and bytes that are not UTF-8 are escaped, and kTextBytesMax bounds it. What
// looks like a key of ours (7.12.<64 hex digits>) is masked; passwords are never passed here.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  static constexpr std::size_t kTextBytesMax = 512;

  Log(LogLevel level, LogFormat format, const Clock& clock, int fd = STDERR_FILENO)
      : level_(level), format_(format), clock_(clock), fd_(fd) {}

  void Debug(std::string_view event, Fields fields = {}) const {
    Write(LogLevel::kDebug, event, fields);
  }
  void Info(std::string_view event, Fields fields = {}) const {
    Write(LogLevel::kInfo, event, fields);
  }
  void Warning(std::string_view event, Fields fields = {}) const {
    Write(LogLevel::kWarning, event, fields);
  }
  void Error(std::string_view event, Fields fields = {}) const {
    Write(LogLevel::kError, event, fields);
  }
  void Write(LogLevel level, std::string_view event, Fields fields) const;

  bool Writes(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  void SetLevel(LogLevel level) { level_ = level; }

  std::uint64_t lines(LogLevel level) const { return lines_[static_cast<std::size_t>(level)]; }

 private:
  std::atomic<LogLevel> level_;
  const LogFormat format_;
  const Clock& clock_;
  const int fd_;
  mutable std::array<std::atomic<std::uint64_t>, 4> lines_{};  // written, by level
};

}  // namespace ankisync
