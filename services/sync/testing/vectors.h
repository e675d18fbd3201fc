// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/codec/json_value.h"

// The golden cases, and the form in which tests compare JSON.
namespace ankisync::sync {

// The text of one file as a tree. An infinite number, which JSON does not have, becomes one that is
// too large for a double.
json::Document ParseVectors(std::string text);

// A macro of each test program says where the files are.
inline json::Document LoadVectors(const std::string& name) {
  std::ifstream file(ANKISYNC_VECTORS "/" + name);
  return ParseVectors({std::istreambuf_iterator<char>(file), {}});
}

// The member `key`, which must be there.
const json::Value& At(const json::Value& object, std::string_view key);
std::string TextAt(const json::Value& object, std::string_view key);
std::int64_t IntAt(const json::Value& object, std::string_view key);

// JSON with sorted keys and without blanks. `stand_ins` are what a golden case writes for values
// that differ from run to run ("NOW"), with the JSON of this run.
using StandIns = std::map<std::string, std::string>;
std::string Canonical(const json::Value& value, const StandIns& stand_ins = {});
std::string Canonical(const std::string& json);

// Each item of a list on its own: the rows of a table.
std::vector<std::string> CanonicalItems(const json::Value& list, const StandIns& stand_ins = {});

// A member `file_gz_b64`.
std::string FileIn(const json::Value& object);

}  // namespace ankisync::sync
