// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/log.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "common/core/utc_text.h"
#include "common/telemetry/log_text.h"

namespace ankisync {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 4> kPaddedLevels = {"debug  ", "info   ", "warning",
                                                           "error  "};

constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@+%,";

template <typename Number, typename... Format>
void AppendNumber(std::string& line, Number number, Format... format) {
  char digits[32];
  line.append(digits, std::to_chars(digits, digits + sizeof digits, number, format...).ptr);
}

// Appends a value as JSON has it; in a text line, plain words go without quotes.
struct ValueWriter {
  std::string& line;
  LogFormat format;

  void operator()(std::string_view text) const {
    const bool bare =
        format == LogFormat::kText && text.find_first_not_of(kPlain) == std::string_view::npos;
    if (!bare) line += '"';
    AppendEscaped(line, text, Log::kTextBytesMax);
    if (!bare) line += '"';
  }
  void operator()(std::int64_t number) const { AppendNumber(line, number); }
  void operator()(double number) const {
    if (!std::isfinite(number)) {
      line += "null";
    } else {
      AppendNumber(line, number, std::chars_format::general, 6);
    }
  }
  void operator()(bool truth) const { line += truth ? "true" : "false"; }
};

std::string TimeText(UnixMillis time) {
  char millis[8];
  std::snprintf(millis, sizeof millis, ".%03d", static_cast<int>(Raw(time) % 1000));
  std::string text = UtcText(time);
  return text.insert(text.size() - 1, millis);
}

bool IsAbsent(const LogField& field) {
  const auto* const text = std::get_if<std::string_view>(&field.value);
  return text && text->empty();
}

void AppendHead(std::string& line, LogFormat format, const std::string& time, LogLevel level,
                std::string_view event) {
  const auto index = static_cast<std::size_t>(level);
  if (format == LogFormat::kText) {
    line.append(time).append(" ").append(kPaddedLevels[index]).append(" ");
    AppendEscaped(line, event, Log::kTextBytesMax);
  } else {
    line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(kLevels[index]);
    line += "\",\"event\":\"";
    AppendEscaped(line, event, Log::kTextBytesMax);
    line += '"';
  }
}

void AppendField(std::string& line, LogFormat format, const LogField& field) {
  if (IsAbsent(field)) return;
  if (format == LogFormat::kText) {
    line.append(" ").append(field.name).append("=");
  } else {
    line.append(",\"").append(field.name).append("\":");
  }
  std::visit(ValueWriter{line, format}, field.value);
}

}  // namespace

void Log::Write(LogLevel level, std::string_view event, Fields fields) const try {
  if (!Writes(level)) return;
  ++lines_[static_cast<std::size_t>(level)];
  std::string line;
  line.reserve(512);
  AppendHead(line, format_, TimeText(clock_.Now()), level, event);
  for (const LogField& field : fields) AppendField(line, format_, field);
  line += format_ == LogFormat::kText ? "\n" : "}\n";
  while (::write(fd_, line.data(), line.size()) < 0 && errno == EINTR) {
  }
} catch (const std::bad_alloc&) {  // the one thing that fails here, and no reason to fail a request
}

}  // namespace ankisync
