// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/proto/rows.h"

// Notetypes as the protocol's JSON ("models") and as rows of notetypes, fields and templates.
//
// Keys that we do not know are kept at all three levels. A rewrite from JSON replaces the blobs as
// a whole: fields of a newer protobuf schema in the old ones would contradict the JSON that came.
// Not done here: unique names, normalised names (the JSON's are kept), comparing shapes.
// Threads: any. Source: docs/protocol.md, collection sync, 9.5 to 9.7.
namespace ankisync {

// Errors: kMalformedRequest naming the key.
NotetypeRow ReadNotetype(const json::Value& json, ZeroId zero_id = ZeroId::kRefused);

// Errors: kInconsistentData naming the row when a blob does not decode.
void WriteNotetype(const NotetypeRow& row, json::Writer& out);

// Errors: as WriteNotetype.
void CheckDecodes(const NotetypeRow& row);

// Which field notes are sorted by, given a notetypes.config; may lie beyond the last field.
// Errors: kInconsistentData.
std::uint32_t SortFieldIndex(std::string_view notetype_config);

}  // namespace ankisync
