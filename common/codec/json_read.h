// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/core/error.h"

// What a JSON value may be taken for. Each reader stands for one code of the protocol notes
// (docs/protocol.md) and gives nothing when the value does not fit; the caller decides whether that
// is an error (Require) or a default (value_or).
namespace ankisync::json {

// Number texts, for readers that have no tree (json_events.h).
std::optional<std::int64_t> ParseInteger(std::string_view number, std::int64_t min,
                                         std::uint64_t max);
std::optional<double> ParseDouble(std::string_view number);  // nothing beyond the range of a double
std::int64_t TruncateToInt64(double number);                 // toward zero, saturating, NaN is 0
std::optional<std::int64_t> ParseTruncated(
    std::string_view number);  // an integer, or a float cut off

template <std::integral T>
std::optional<T> ParseInt(std::string_view number) {
  const auto parsed =
      ParseInteger(number, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return parsed ? std::optional<T>(static_cast<T>(*parsed)) : std::nullopt;
}

// → i32 wraps, → u32 clamps negatives to 0 and then takes the low 32 bits, → i64 as is.
template <std::integral T>
T Narrow(std::int64_t wide) {
  if constexpr (std::unsigned_integral<T>) {
    if (wide < 0) return 0;
  }
  return static_cast<T>(static_cast<std::uint64_t>(wide));
}

// I: an integer in T's range; no float, not even 5.0 or -0.
template <std::integral T>
std::optional<T> ReadInt(const Value& value) {
  return value.is(Kind::kNumber) ? ParseInt<T>(value.text()) : std::nullopt;
}

// IF: any number, truncated and narrowed.
template <std::integral T>
std::optional<T> ReadTruncated(const Value& value) {
  if (!value.is(Kind::kNumber)) return std::nullopt;
  const auto wide = ParseTruncated(value.text());
  return wide ? std::optional<T>(Narrow<T>(*wide)) : std::nullopt;
}

// IS: an integer, or a string that holds one.
template <std::integral T>
std::optional<T> ReadIntOrText(const Value& value) {
  if (value.is(Kind::kNumber)) return ParseInt<T>(value.text());
  if (!value.is(Kind::kString)) return std::nullopt;
  std::string_view digits = value.text();
  if (digits.starts_with('+'))
    digits.remove_prefix(1);
  else if (digits == "-0")
    return T{0};
  const bool negative = digits.starts_with('-');
  if (negative && std::unsigned_integral<T>) return std::nullopt;
  std::string_view bare = digits.substr(negative ? 1 : 0);
  if (bare.empty() || bare.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  if (value.text().starts_with('+') && negative) return std::nullopt;
  while (bare.size() > 1 && bare.front() == '0') bare.remove_prefix(1);
  return bare == "0" ? std::optional<T>(T{0})
                     : ParseInt<T>(negative ? "-" + std::string(bare) : std::string(bare));
}

std::optional<float> ReadFloat(const Value& value);            // F: any number; may become infinite
std::optional<bool> ReadBool(const Value& value);              // B
std::optional<bool> ReadBoolLike(const Value& value);          // BA: also 0, 1, "true", "1.00" …
std::optional<std::string_view> ReadText(const Value& value);  // S

template <typename T>
T Require(std::optional<T> read, std::string_view what) {
  if (!read)
    throw SyncError(ErrorKind::kMalformedRequest, "no valid value for " + std::string(what));
  return *std::move(read);
}

// What the reference demands of any value that it does not ignore: no more than `height_max`
// levels, and no number beyond the range of a double anywhere in it.
bool IsUsable(const Value& value, std::uint32_t height_max = kHeightMax);

// The member `key` of `object`, which must be there.
const Value& RequireMember(const Value& object, std::string_view key);

// An envelope of the protocol: an object without equal keys. Errors: kMalformedRequest.
const Value& RequireObject(const Value& value, std::string_view what);

}  // namespace ankisync::json
