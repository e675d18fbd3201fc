// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/codec/json_read.h"
#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"

// How an object's JSON and its stored form correspond: a table with a line for each key, which is
// read, written and, being the list of known keys, kept out of `other`. T is the protobuf message
// or the row that the key's value lives in.
namespace ankisync {

enum class Rule : std::uint8_t {
  kRequired,          // must be there and fit
  kOptional,          // may be missing; what T held before is the default
  kRequiredTolerant,  // must be there; what does not fit counts as the default (code X)
  kTolerant,          // both
};

template <typename T>
struct Key {
  std::string_view name;
  Rule rule;
  bool (*read)(const json::Value&, T&);  // false: does not fit, and T is as before
  void (*write)(std::string_view name, const T&, json::Writer&);
};

// The first key whose value is missing or does not fit; nothing when T is read.
template <typename T>
std::optional<std::string_view> ReadKeys(std::type_identity_t<std::span<const Key<T>>> keys,
                                         const json::Value& object, T& into) {
  for (const Key<T>& key : keys) {
    const bool required = key.rule == Rule::kRequired || key.rule == Rule::kRequiredTolerant;
    const bool tolerant = key.rule == Rule::kTolerant || key.rule == Rule::kRequiredTolerant;
    const json::Value* value = object.Find(key.name);
    if (value ? !key.read(*value, into) && !tolerant : required) return key.name;
  }
  return std::nullopt;
}

// Errors: kMalformedRequest naming `what` and the key.
template <typename T>
void RequireKeys(std::type_identity_t<std::span<const Key<T>>> keys, const json::Value& object,
                 T& into, std::string_view what) {
  if (const auto misfit = ReadKeys(keys, object, into)) {
    throw SyncError(ErrorKind::kMalformedRequest,
                    std::string(what) + ": no valid value for " + std::string(*misfit));
  }
}

template <typename T>
void WriteKeys(std::type_identity_t<std::span<const Key<T>>> keys, const T& from,
               json::Writer& out) {
  for (const Key<T>& key : keys) key.write(key.name, from, out);
}

// The names of some tables' keys.
template <typename... Entry, std::size_t... kSizes>
constexpr auto NamesOf(const Entry (&... tables)[kSizes]) {
  std::array<std::string_view, (kSizes + ...)> names;
  std::size_t count = 0;
  const auto add = [&](const auto& table) {
    for (const auto& entry : table) names[count++] = entry.name;
  };
  (add(tables), ...);
  return names;
}

// Protobuf's field types from JSON's: negatives become 0 where there are none, too large ones lose
// their upper bits; and back, where the lower bits of the JSON type remain.
template <typename Field, typename Wire>
Field FromWire(Wire wire) {
  if constexpr (std::same_as<Field, bool>) {
    return wire != 0;
  } else if constexpr (std::same_as<Field, float>) {
    return wire + 0.0F;  // clients leave -0 out of a blob as they do 0
  } else {
    return json::Narrow<Field>(wire);
  }
}

template <typename T>
void WriteValue(const T& value, json::Writer& out) {
  if constexpr (std::same_as<T, bool>) {
    out.Bool(value);
  } else if constexpr (std::same_as<T, float>) {
    out.Float(value);
  } else if constexpr (std::integral<T>) {
    out.Int(value);
  } else if constexpr (std::is_enum_v<T>) {
    out.Int(static_cast<std::underlying_type_t<T>>(value));
  } else {
    out.Text(value);
  }
}

// The key with another way out.
template <typename T>
constexpr Key<T> WrittenBy(Key<T> key, decltype(key.write) write) {
  key.write = write;
  return key;
}

template <typename>
struct MemberOf;
template <typename C, typename V>
struct MemberOf<V C::*> {
  using Class = C;
};
template <auto kMember>
using ClassOf = typename MemberOf<decltype(kMember)>::Class;

template <auto kRead>
using WireOf = typename decltype(kRead(std::declval<const json::Value&>()))::value_type;

// A key for a column of a row struct.
template <auto kRead, auto kColumn, typename Row = ClassOf<kColumn>>
constexpr Key<Row> Column(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, Row& row) {
            const auto read = kRead(value);
            if (read) row.*kColumn = static_cast<std::decay_t<decltype(row.*kColumn)>>(*read);
            return read.has_value();
          },
          [](std::string_view key, const Row& row, json::Writer& out) {
            WriteValue(row.*kColumn, out.Key(key));
          }};
}

// A key for a number or bool of a message.
template <auto kRead, auto kGet, auto kSet, typename Message = ClassOf<kGet>>
constexpr Key<Message> Scalar(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, Message& message) {
            using Field = decltype((message.*kGet)());
            const auto read = kRead(value);
            if (read) (message.*kSet)(FromWire<Field>(*read));
            return read.has_value();
          },
          [](std::string_view key, const Message& message, json::Writer& out) {
            WriteValue(static_cast<WireOf<kRead>>((message.*kGet)()), out.Key(key));
          }};
}

// The same where absent differs from 0, and is null in JSON.
template <auto kRead, auto kHas, auto kGet, auto kSet, typename Message = ClassOf<kGet>>
constexpr Key<Message> OptionalScalar(std::string_view name, Rule rule) {
  return WrittenBy(Scalar<kRead, kGet, kSet>(name, rule),
                   [](std::string_view key, const Message& message, json::Writer& out) {
                     if (!(message.*kHas)()) {
                       out.Key(key).Null();
                     } else {
                       WriteValue(static_cast<WireOf<kRead>>((message.*kGet)()), out.Key(key));
                     }
                   });
}

// A number of an enum of which the JSON takes 0 … kMax; any other in a blob is written as 0.
template <std::uint8_t kMax, auto kGet, auto kSet, typename Message = ClassOf<kGet>>
constexpr Key<Message> Choice(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, Message& message) {
            const auto read = json::ReadInt<std::uint8_t>(value);
            const bool fits = read && *read <= kMax;
            if (fits) (message.*kSet)(*read);
            return fits;
          },
          [](std::string_view key, const Message& message, json::Writer& out) {
            const auto number = (message.*kGet)();
            out.Key(key).Int(number >= 0 && number <= kMax ? number : 0);
          }};
}

template <auto kGet, auto kMutable, typename Message = ClassOf<kGet>>
constexpr Key<Message> Text(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, Message& message) {
            const auto read = json::ReadText(value);
            if (read) *(message.*kMutable)() = *read;
            return read.has_value();
          },
          [](std::string_view key, const Message& message, json::Writer& out) {
            out.Key(key).Text((message.*kGet)());
          }};
}

// Reads a key that is checked but not stored.
template <auto kRead, typename T>
bool Discard(const json::Value& value, T&) {
  return kRead(value).has_value();
}

// A list of which every item fits.
template <auto kRead>
std::optional<std::vector<WireOf<kRead>>> ReadList(const json::Value& value) {
  if (!value.is(json::Kind::kArray)) return std::nullopt;
  std::vector<WireOf<kRead>> list;
  for (const json::Value& item : value.items()) {
    const auto read = kRead(item);
    if (!read) return std::nullopt;
    list.push_back(*read);
  }
  return list;
}

using FloatList = google::protobuf::RepeatedField<float>;

// JSON has no infinity; clients refuse the null that the reference writes for it, or take the whole
// list for empty, which is what we send.
inline std::span<const float> SendableFloats(const FloatList& list) {
  const bool finite =
      std::all_of(list.begin(), list.end(), [](float number) { return std::isfinite(number); });
  return finite ? std::span(list.data(), static_cast<std::size_t>(list.size()))
                : std::span<const float>();
}

inline json::Writer& WriteFloats(std::span<const float> list, json::Writer& out) {
  out.StartArray();
  for (const float number : list) out.Float(number);
  return out.EndArray();
}

template <typename Message, const FloatList& (Message::*kGet)() const,
          FloatList* (Message::*kMutable)()>
constexpr Key<Message> Floats(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, Message& message) {
            const auto read = ReadList<json::ReadFloat>(value);
            if (read) (message.*kMutable)()->Assign(read->begin(), read->end());
            return read.has_value();
          },
          [](std::string_view key, const Message& message, json::Writer& out) {
            WriteFloats(SendableFloats((message.*kGet)()), out.Key(key));
          }};
}

// The members of a small object that clients write as an array without names. The reference takes
// both forms.
template <std::size_t kCount>
std::optional<std::array<const json::Value*, kCount>> ReadTuple(
    const json::Value& value, const std::array<std::string_view, kCount>& names) {
  std::array<const json::Value*, kCount> members{};
  const bool positional = value.is(json::Kind::kArray) && value.items().size() == kCount;
  for (std::size_t i = 0; i < kCount; ++i) {
    members[i] = positional ? &value.items()[i] : value.Find(names[i]);
    if (!members[i]) return std::nullopt;
  }
  return members;
}

}  // namespace ankisync
