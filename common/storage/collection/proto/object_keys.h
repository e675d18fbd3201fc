// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/proto/rows.h"

// What notetypes, decks and presets have in common as JSON objects. Keys that we do not know (of
// newer or older clients, of add-ons) are kept as JSON text in field 255, `other`, of the object's
// blob and sent again beside the keys we know.
namespace ankisync {

using Names = std::span<const std::string_view>;

// Levels of an object that clients can read: an answer puts up to three around it.
inline constexpr std::uint32_t kObjectHeightMax = json::kHeightMax - 3;

// Errors: kMalformedRequest for what is no object, or could not travel.
void RequireTravelling(const json::Value& value, std::string_view what);

// Errors: kMalformedRequest for what is no object, or holds a known key twice.
void RequireDistinctKeys(const json::Value& value, Names known, std::string_view what);

// Errors: kMalformedRequest for a 0 that is not allowed.
void RequireId(std::int64_t id, ZeroId zero_id, std::string_view what);

// The members of `object` that are not `known`, as JSON text; empty when there are none.
std::string UnknownKeys(const json::Value& object, Names known);

// The same members, into an object that is being written.
void WriteUnknownKeys(const json::Value& object, Names known, json::Writer& out);

// What `other` holds; nothing when it is no JSON object, or could not travel.
std::optional<json::Document> ParseOther(std::string_view other, std::uint32_t height_max);

// The two together.
void WriteOther(std::string_view other, Names known, json::Writer& out,
                std::uint32_t height_max = kObjectHeightMax);

}  // namespace ankisync
