// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_writer.h"

#include <array>
#include <cmath>

#include "common/codec/json_read.h"

namespace ankisync::json {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

constexpr std::array<bool, 256> kNeedsEscape = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[static_cast<std::size_t>(c)] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

void Escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHexDigits[c >> 4];
  out += kHexDigits[c & 15];
}

// The shortest text that reads back the same, in the reference's spelling, since stored blobs are
// compared with its own: plain digits between `plain_from` and `plain_below`, else 1.5e19
// and 1.5e-7.
template <typename Number>
std::string Shortest(Number number, Number plain_from, Number plain_below) {
  if (!std::isfinite(number)) return "null";
  const auto print = [number](std::chars_format format) {
    char digits[64];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, number, format).ptr);
  };
  const Number size = std::abs(number);
  const bool plain = size == 0 || (size >= plain_from && size < plain_below);
  if (plain) {
    std::string text = print(std::chars_format::fixed);
    if (text.find('.') != std::string::npos) return text;
  }
  std::string text = print(std::chars_format::scientific);
  std::size_t exponent = text.find('e') + 1;
  if (plain) {  // an integral number: to_chars would write all digits, not the shortest and zeros
    const std::size_t point = std::stoul(text.substr(exponent)) + (text.starts_with('-') ? 2 : 1);
    text.resize(exponent - 1);
    std::erase(text, '.');
    text.resize(point, '0');
    return text + ".0";
  }
  if (text[exponent] == '+') text.erase(exponent, 1);
  if (text[exponent] == '-') ++exponent;
  if (text[exponent] == '0') text.erase(exponent, 1);
  return text;
}

}  // namespace

void Writer::Separate() {
  if (comma_) out_ += ',';
}

Writer& Writer::Open(char bracket) {
  Separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::Close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void Writer::Quote(std::string_view utf8) {
  out_ += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (!kNeedsEscape[c]) continue;
    out_.append(utf8, plain, i - plain);
    Escape(out_, c);
    plain = i + 1;
  }
  out_.append(utf8, plain);
  out_ += '"';
}

Writer& Writer::Key(std::string_view name) {
  Separate();
  Quote(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::Raw(std::string_view json) {
  Separate();
  out_ += json;
  comma_ = true;
  return *this;
}

Writer& Writer::Text(std::string_view utf8) {
  Separate();
  Quote(utf8);
  comma_ = true;
  return *this;
}

Writer& Writer::Float(float number) { return Raw(Shortest(number, 1e-6F, 1e13F)); }

Writer& Writer::Double(double number) { return Raw(Shortest(number, 1e-5, 1e16)); }

Writer& Writer::Tree(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return Null();
    case Kind::kBool:
      return Bool(value.boolean());
    case Kind::kNumber:
      return Raw(value.text());
    case Kind::kString:
      return Text(value.text());
    case Kind::kArray:
      StartArray();
      for (const Value& item : value.items()) Tree(item);
      return EndArray();
    case Kind::kObject:
      StartObject();
      for (const Member& member : value.members()) Key(member.key).Tree(member.value);
      return EndObject();
  }
  return *this;
}

Writer& Writer::Normalised(const Value& value) {
  if (value.height() > kHeightMax) {
    throw SyncError(ErrorKind::kMalformedRequest, "JSON nested too deeply");
  }
  switch (value.kind()) {
    case Kind::kNumber: {
      if (ParseInteger(value.text(), std::numeric_limits<std::int64_t>::min(),
                       std::numeric_limits<std::uint64_t>::max())) {
        return Raw(value.text());
      }
      return Double(Require(ParseDouble(value.text()), "a number"));
    }
    case Kind::kArray:
      StartArray();
      for (const Value& item : value.items()) Normalised(item);
      return EndArray();
    case Kind::kObject:
      StartObject();
      for (const Member* member : value.LastMembers()) Key(member->key).Normalised(member->value);
      return EndObject();
    default:
      return Tree(value);
  }
}

}  // namespace ankisync::json
