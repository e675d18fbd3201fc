// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_read.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ankisync::json {
namespace {

bool IsIntegerText(std::string_view number) {
  return number != "-0" && number.find_first_of(".eE") == std::string_view::npos;
}

template <typename T>
std::optional<T> FromChars(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

std::optional<std::int64_t> ParseInteger(std::string_view number, std::int64_t min,
                                         std::uint64_t max) {
  if (!IsIntegerText(number)) return std::nullopt;
  if (number.starts_with('-')) {
    const auto parsed = FromChars<std::int64_t>(number);
    return parsed && *parsed >= min ? parsed : std::nullopt;
  }
  const auto parsed = FromChars<std::uint64_t>(number);
  if (!parsed || *parsed > max) return std::nullopt;
  return static_cast<std::int64_t>(*parsed);
}

std::optional<double> ParseDouble(std::string_view number) {
  double parsed{};
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), parsed);
  if (end != number.data() + number.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small is zero, too large is no number. Only the exponent's sign tells them apart, since
    // from_chars does not.
    const auto exponent = number.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && number[exponent + 1] == '-';
    if (!tiny) return std::nullopt;
    return number.starts_with('-') ? -0.0 : 0.0;
  }
  return error == std::errc() ? std::optional<double>(parsed) : std::nullopt;
}

std::int64_t TruncateToInt64(double number) {
  if (std::isnan(number)) return 0;
  if (number >= 9223372036854775808.0) return std::numeric_limits<std::int64_t>::max();
  if (number < -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> ParseTruncated(std::string_view number) {
  if (const auto exact = ParseInt<std::int64_t>(number)) return exact;
  const auto real = ParseDouble(number);
  return real ? std::optional<std::int64_t>(TruncateToInt64(*real)) : std::nullopt;
}

std::optional<float> ReadFloat(const Value& value) {
  if (!value.is(Kind::kNumber)) return std::nullopt;
  const auto real = ParseDouble(value.text());
  return real ? std::optional<float>(static_cast<float>(*real)) : std::nullopt;
}

std::optional<bool> ReadBool(const Value& value) {
  return value.is(Kind::kBool) ? std::optional<bool>(value.boolean()) : std::nullopt;
}

std::optional<bool> ReadBoolLike(const Value& value) {
  std::string_view text;
  switch (value.kind()) {
    case Kind::kBool:
      return value.boolean();
    case Kind::kNumber:
      text = value.text();
      break;
    case Kind::kString: {
      text = value.text();
      const std::string word = LowerAscii(text);
      if (word == "true" || word == "false") return word == "true";
      if (text.starts_with('+')) text.remove_prefix(1);
      if (text.empty() || text.starts_with('+')) return std::nullopt;
      break;
    }
    default:
      return std::nullopt;
  }
  const auto number = ParseDouble(text);
  if (number == 0.0) return false;
  if (number == 1.0) return true;
  return std::nullopt;
}

std::optional<std::string_view> ReadText(const Value& value) {
  return value.is(Kind::kString) ? std::optional<std::string_view>(value.text()) : std::nullopt;
}

bool IsUsable(const Value& value, std::uint32_t height_max) {
  if (value.height() > height_max) return false;
  const auto usable = [height_max](const Value& child) { return IsUsable(child, height_max); };
  switch (value.kind()) {
    case Kind::kNumber:
      return ParseDouble(value.text()).has_value();
    case Kind::kArray:
      return std::all_of(value.items().begin(), value.items().end(), usable);
    case Kind::kObject:
      return std::all_of(value.members().begin(), value.members().end(),
                         [&](const Member& member) { return usable(member.value); });
    default:
      return true;
  }
}

const Value& RequireMember(const Value& object, std::string_view key) {
  const Value* member = object.Find(key);
  if (!member) throw SyncError(ErrorKind::kMalformedRequest, "missing key " + std::string(key));
  return *member;
}

const Value& RequireObject(const Value& value, std::string_view what) {
  if (!value.is(Kind::kObject) || value.HasDuplicateKeys()) {
    throw SyncError(ErrorKind::kMalformedRequest,
                    std::string(what) + " is no object with distinct keys");
  }
  return value;
}

}  // namespace ankisync::json
