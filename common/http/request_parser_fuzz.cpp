// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/request_parser_fuzz.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>

#include "common/http/request_parser.h"
#include "common/http/text.h"

namespace ankisync::http {
namespace {

constexpr std::size_t kHeadBytesMax = 512;  // small, so that inputs reach them
constexpr std::size_t kFieldsMax = 8;

void Require(bool promise) {
  if (!promise) std::abort();
}

void RequireClean(const RequestHead& head) {
  Require(IsToken(head.method));
  Require(head.path == "*" || head.path.starts_with('/'));
  Require(head.path.find('\0') == std::string::npos);
  Require(head.headers.all().size() <= kFieldsMax);
  for (const auto& [name, value] : head.headers.all()) {
    Require(IsToken(name) && value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos);
  }
}

// What a caller would have understood, as one text.
std::string Understood(std::string_view bytes, const std::function<std::size_t()>& next_size) {
  RequestParser parser(kHeadBytesMax, kFieldsMax);
  std::string text;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, std::min(bytes.size(), next_size()));
    bytes.remove_prefix(input.size());
    for (;;) {
      const RequestParser::Event event = parser.Next(input);
      if (event == RequestParser::Event::kMore) {
        Require(input.empty());
        break;
      }
      if (event == RequestParser::Event::kHead) {
        const ParsedHead parsed = parser.TakeHead();
        RequireClean(parsed.head);
        text += "<" + parsed.head.method + " " + parsed.head.path + ">";
      } else if (event == RequestParser::Event::kBody) {
        Require(!parser.piece().empty());
        text += parser.piece();
      } else if (event == RequestParser::Event::kEnd) {
        text += "<end>";
      } else {
        return text + "<" + std::to_string(static_cast<int>(parser.malformed())) + ">";
      }
    }
  }
  return text;
}

}  // namespace

void FuzzRequestParser(std::string_view bytes) {
  const std::string whole = Understood(bytes, [&] { return bytes.size(); });
  Require(whole == Understood(bytes, [] { return std::size_t{1}; }));
  std::size_t size = 0;
  Require(whole == Understood(bytes, [&] { return size = size % 7 + 1; }));
}

}  // namespace ankisync::http
