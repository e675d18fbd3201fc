// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/proto/rows.h"

// Presets ("deck configs", "dconf") as the protocol's JSON and as rows of deck_config.
//
// Written are values that clients can use: one outside its range is replaced by its default, a list
// with an infinity by an empty one. Rows keep what they hold. Keys that we do not know are kept, at
// the top and in new, rev and lapse.
// Threads: any. Source: docs/protocol.md, collection sync, 9.10.
namespace ankisync {

// Errors: kMalformedRequest naming the key.
DeckConfigRow ReadDeckConfig(const json::Value& json, ZeroId zero_id = ZeroId::kRefused);

// Errors: kInconsistentData naming the row when the blob does not decode.
void WriteDeckConfig(const DeckConfigRow& row, json::Writer& out);

// Errors: as WriteDeckConfig.
void CheckDecodes(const DeckConfigRow& row);

// The upgrade of a schema-11 file lifts an initial ease of 130 % or less to 250 %, and then that of
// the cards too. True when it did. Errors: as WriteDeckConfig.
bool LiftInitialEase(DeckConfigRow& row);

}  // namespace ankisync
