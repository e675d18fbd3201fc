// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/storage/collection/proto/rows.h"

// The golden cases, and the forms in which the tests of this folder compare them.
namespace ankisync {

json::Document LoadVectors(const std::string& name);

// A JSON tree as paths ("flds/0/name") and scalars, so that the order of keys does not count.
// Integers and floats differ, two spellings of a float do not.
using Flat = std::map<std::string, std::string>;
Flat Flatten(const json::Value& value);

// The same with one branch taken out and another put in; no `branch`: only taken out.
void Replace(Flat& flat, const std::string& path, const json::Value* branch);

// A line for every path in which the two differ.
std::string Difference(const Flat& expected, const Flat& actual);

std::string FromHex(std::string_view hex);

// The vectors' `stored` for a row, and what the row is sent as.
struct Converted {
  Flat stored;
  Flat out;
};
Converted Convert(const NotetypeRow& row);
Converted Convert(const DeckRow& row);
Converted Convert(const DeckConfigRow& row);

// What applyChanges stores for one object of the type "notetype", "deck" or "deck_config".
Converted Receive(std::string_view type, const std::string& text);

// Blobs of a flattened `stored` in a form in which the key order of field 255 does not count.
Flat Comparable(const Flat& stored);

}  // namespace ankisync
