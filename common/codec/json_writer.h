// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"

namespace ankisync::json {

// Appends JSON to a string of the caller's, who may empty that string between two calls to write
// longer texts as a stream. It places commas and quotes; opening and closing in pairs is the
// caller's duty.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& StartObject() { return Open('{'); }
  Writer& EndObject() { return Close('}'); }
  Writer& StartArray() { return Open('['); }
  Writer& EndArray() { return Close(']'); }

  Writer& Key(std::string_view name);

  Writer& Null() { return Raw("null"); }
  Writer& Bool(bool truth) { return Raw(truth ? "true" : "false"); }
  Writer& Float(float number);    // shortest that reads back the same; not finite: null
  Writer& Double(double number);  // the same; an integral one keeps a ".0"
  Writer& Text(std::string_view utf8);

  template <std::integral T>
  Writer& Int(T number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return Raw({digits, static_cast<std::size_t>(end - digits)});
  }

  Writer& Raw(std::string_view json);      // one whole value, as it stands
  Writer& Tree(const Value& value);        // numbers as they were written
  Writer& Normalised(const Value& value);  // as the reference writes again: 1.50 → 1.5, 1e5 →
                                           // 100000.0, last of equal keys

 private:
  Writer& Open(char bracket);
  Writer& Close(char bracket);
  void Separate();
  void Quote(std::string_view utf8);

  std::string& out_;
  bool comma_ = false;
};

}  // namespace ankisync::json
