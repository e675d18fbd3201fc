// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/proto/rows.h"

// Decks, normal and filtered, as the protocol's JSON and as rows of decks.
//
// JSON has the name in human form ("a::b"), rows in native form; reading normalises it. Keys that
// we do not know are kept, of equal keys the last. A rewrite from JSON replaces the blobs as a
// whole. Not done here: unique names.
// Threads: any. Source: docs/protocol.md, collection sync, 9.8, 9.9 and 9.11.
namespace ankisync {

// Errors: kMalformedRequest naming the key.
DeckRow ReadDeck(const json::Value& json, ZeroId zero_id = ZeroId::kRefused);

// Errors: kInconsistentData naming the row when a blob does not decode or has no kind.
void WriteDeck(const DeckRow& row, json::Writer& out);

// Errors: as WriteDeck.
void CheckDecodes(const DeckRow& row);

// The preset of a normal deck, given its decks.kind; nothing for a filtered one.
// Errors: kInconsistentData.
std::optional<DeckConfigId> PresetOf(std::string_view kind);

}  // namespace ankisync
