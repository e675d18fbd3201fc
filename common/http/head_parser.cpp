// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/head_parser.h"

#include <algorithm>
#include <charconv>

#include "common/http/target.h"
#include "common/http/text.h"

namespace ankisync::http {
namespace {

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::size_t kLengthDigitsMax = 18;  // cannot overflow

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), line.size() + 2));
  return line;
}

bool ParseRequestLine(std::string_view line, ParsedHead& into) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view method = line.substr(0, first);
  const std::string_view text = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || method.size() > kMethodBytesMax) return false;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  if (std::any_of(text.begin(), text.end(), [](char c) { return IsControl(c) || c == ' '; })) {
    return false;
  }
  auto target = ParseTarget(text);
  if (!target) return false;
  into.head.method = method;
  into.head.path = std::move(target->path);
  into.head.query = std::move(target->query);
  into.http_1_0 = version == "HTTP/1.0";
  into.keep_alive = !into.http_1_0;
  return true;
}

bool ParseLength(std::string_view value, std::optional<std::uint64_t>& length) {
  if (length || value.size() > kLengthDigitsMax) return false;
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto result = std::from_chars(value.data(), end, number);  // unsigned: takes no sign
  if (result.ec != std::errc() || result.ptr != end) return false;
  length = number;
  return true;
}

// What the fields say about framing and the connection's life.
std::optional<Malformed> Interpret(std::string_view name, std::string_view value, bool& has_host,
                                   ParsedHead& into) {
  if (name == "host") {
    if (std::exchange(has_host, true)) return Malformed::kSyntax;
  } else if (name == "content-length") {
    if (!ParseLength(value, into.head.content_length)) return Malformed::kSyntax;
  } else if (name == "transfer-encoding") {
    if (into.chunked || into.http_1_0) return Malformed::kSyntax;
    if (!EqualIgnoringCase(value, "chunked")) return Malformed::kTransferEncoding;
    into.chunked = true;
  } else if (name == "connection") {
    if (ListHas(value, "close")) {
      into.keep_alive = false;
    } else if (into.http_1_0 && ListHas(value, "keep-alive")) {
      into.keep_alive = true;
    }
  } else if (name == "expect") {
    into.expects_continue = !into.http_1_0 && EqualIgnoringCase(value, "100-continue");
  }
  return std::nullopt;
}

std::optional<Malformed> ParseField(std::string_view line, bool& has_host, ParsedHead& into) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Malformed::kSyntax;
  if (!IsToken(line.substr(0, colon)))
    return Malformed::kSyntax;  // also a folded line, a blank before the colon
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return IsControl(c) && c != '\t'; })) {
    return Malformed::kSyntax;
  }
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), Lower);
  if (const auto refused = Interpret(name, value, has_host, into)) return refused;
  into.head.headers.Add(std::move(name), std::string(value));
  return std::nullopt;
}

}  // namespace

std::optional<Malformed> ParseHead(std::string_view text, ParsedHead& into) {
  if (!ParseRequestLine(TakeLine(text), into)) return Malformed::kSyntax;
  bool has_host = false;
  while (!text.empty()) {
    if (const auto refused = ParseField(TakeLine(text), has_host, into)) return refused;
  }
  if (into.chunked && into.head.content_length) return Malformed::kSyntax;
  return std::nullopt;
}

}  // namespace ankisync::http
