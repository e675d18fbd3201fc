// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/card_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/text/json_or_nothing.h"

namespace ankisync {
namespace {

constexpr std::array<std::string_view, 7> kKeys{"pos", "s", "d", "dr", "decay", "lrt", "cd"};
enum Position : std::size_t {
  kPos,
  kStability,
  kDifficulty,
  kRetention,
  kDecay,
  kReviewed,
  kCustom
};

// By kKeys; nullptr: absent.
using KnownValues = std::array<const json::Value*, kKeys.size()>;

std::size_t PositionOf(std::string_view key) {
  return static_cast<std::size_t>(std::find(kKeys.begin(), kKeys.end(), key) - kKeys.begin());
}

std::optional<KnownValues> KnownValuesOf(const json::Value& data) {
  KnownValues known{};
  const auto items = data.is(json::Kind::kArray) ? data.items() : std::span<const json::Value>();
  if (items.size() > known.size()) return std::nullopt;
  for (std::size_t i = 0; i < items.size(); ++i) known[i] = &items[i];
  if (!data.is(json::Kind::kObject)) return known;
  for (const json::Member& member : data.members()) {
    const std::size_t position = PositionOf(member.key);
    if (position == kKeys.size()) continue;
    if (known[position] != nullptr) return std::nullopt;
    known[position] = &member.value;
  }
  return known;
}

template <typename T>
std::optional<T> IntAt(const json::Value* value) {
  return value != nullptr ? json::ReadInt<T>(*value) : std::nullopt;
}

std::optional<float> RoundedAt(const json::Value* value, float scale) {
  const auto number = value != nullptr ? json::ReadFloat(*value) : std::nullopt;
  return number ? std::optional(std::round(*number * scale) / scale) : std::nullopt;
}

void WriteFloat(json::Writer& out, Position position, std::optional<float> number) {
  if (number) out.Key(kKeys[position]).Float(*number);
}

void WriteKnown(json::Writer& out, const KnownValues& known) {
  if (const auto pos = IntAt<std::uint32_t>(known[kPos])) out.Key(kKeys[kPos]).Int(*pos);
  const auto stability = RoundedAt(known[kStability], 10'000);
  const auto difficulty = RoundedAt(known[kDifficulty], 1'000);
  if (stability && difficulty) {
    WriteFloat(out, kStability, stability);
    WriteFloat(out, kDifficulty, difficulty);
  }
  WriteFloat(out, kRetention, RoundedAt(known[kRetention], 100));
  WriteFloat(out, kDecay, RoundedAt(known[kDecay], 1'000));
  if (const auto reviewed = IntAt<std::int64_t>(known[kReviewed]))
    out.Key(kKeys[kReviewed]).Int(*reviewed);
  if (known[kCustom] == nullptr) return;
  const std::string_view custom = known[kCustom]->text();
  if (!custom.empty() && custom != "{}") out.Key(kKeys[kCustom]).Text(custom);
}

void WriteUnknown(json::Writer& out, const json::Value& data) {
  if (!data.is(json::Kind::kObject)) return;
  for (const json::Member& member : data.members()) {
    const bool writable = member.value.height() <= json::kHeightMax;
    if (writable && PositionOf(member.key) == kKeys.size()) out.Key(member.key).Tree(member.value);
  }
}

}  // namespace

std::string NormalisedCardData(std::string_view data) {
  constexpr char kNothing[] = "{}";
  if (data.empty() || data == kNothing) return kNothing;  // most cards
  const auto document = ParseOrNothing(std::string(data));
  if (!document) return kNothing;
  const auto known = KnownValuesOf(document->root());
  if (!known || ((*known)[kCustom] != nullptr && !(*known)[kCustom]->is(json::Kind::kString))) {
    return kNothing;
  }
  std::string normal;
  json::Writer out(normal);
  out.StartObject();
  WriteKnown(out, *known);
  WriteUnknown(out, document->root());
  out.EndObject();
  return normal;
}

}  // namespace ankisync
