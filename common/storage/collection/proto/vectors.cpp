// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/vectors.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/core/hash.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"

namespace ankisync {
namespace {

std::string ScalarText(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return "null";
    case json::Kind::kBool:
      return value.boolean() ? "true" : "false";
    case json::Kind::kString:
      return '"' + std::string(value.text());
    case json::Kind::kArray:
      return "[]";
    case json::Kind::kObject:
      return "{}";
    case json::Kind::kNumber:
      break;
  }
  const bool integer = value.text().find_first_of(".eE") == std::string_view::npos;
  if (integer) return std::string(value.text());
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.17g (float)", *json::ParseDouble(value.text()));
  return digits;
}

void FlattenInto(const json::Value& value, const std::string& path, Flat& flat) {
  const std::string prefix = path.empty() ? path : path + '/';
  if (value.is(json::Kind::kArray) && !value.items().empty()) {
    std::size_t index = 0;
    for (const json::Value& item : value.items()) {
      FlattenInto(item, prefix + std::to_string(index++), flat);
    }
  } else if (value.is(json::Kind::kObject) && !value.members().empty()) {
    for (const json::Member& member : value.members()) {
      const bool added = !flat.contains(prefix + std::string(member.key));
      if (!added) throw std::runtime_error("key twice: " + prefix + std::string(member.key));
      FlattenInto(member.value, prefix + std::string(member.key), flat);
    }
  } else {
    flat[path] = ScalarText(value);
  }
}

// Where field 255 begins and its content; a blob without one ends there.
std::pair<std::size_t, std::string> SplitOther(const std::string& blob) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(blob.data()),
                                            static_cast<int>(blob.size()));
  while (true) {
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    const auto tag = in.ReadTag();
    std::uint32_t size = 0;
    std::uint64_t number = 0;
    std::string bytes;
    if (tag == 0) return {at, ""};
    if ((tag & 7) == 0) in.ReadVarint64(&number);
    if ((tag & 7) == 5) in.Skip(4);
    if ((tag & 7) == 2) in.ReadVarint32(&size), in.ReadString(&bytes, static_cast<int>(size));
    if (tag >> 3 == 255) {
      const bool last = static_cast<std::size_t>(in.CurrentPosition()) == blob.size();
      if (!last) throw std::runtime_error("field 255 is not the last");
      return {at, bytes};
    }
  }
}

template <typename Row>
Converted WithOut(Flat stored, const Row& row, void (*write)(const Row&, json::Writer&)) {
  stored["name"] = '"' + row.name;
  stored["mtime_secs"] = std::to_string(Raw(row.mtime));
  stored["usn"] = std::to_string(Raw(row.usn));
  std::string text;
  json::Writer out(text);
  write(row, out);
  return {std::move(stored), Flatten(json::Document::Parse(text).root())};
}

}  // namespace

json::Document LoadVectors(const std::string& name) {
  std::ifstream file(ANKISYNC_VECTORS "/" + name);
  return json::Document::Parse({std::istreambuf_iterator<char>(file), {}});
}

Flat Flatten(const json::Value& value) {
  Flat flat;
  FlattenInto(value, "", flat);
  return flat;
}

void Replace(Flat& flat, const std::string& path, const json::Value* branch) {
  std::erase_if(flat, [&path](const auto& entry) {
    return entry.first == path || entry.first.starts_with(path + '/');
  });
  if (branch) FlattenInto(*branch, path, flat);
}

std::string Difference(const Flat& expected, const Flat& actual) {
  std::string lines;
  for (const auto& [path, scalar] : expected) {
    const auto found = actual.find(path);
    const std::string ours = found == actual.end() ? "missing" : found->second;
    if (ours != scalar) lines += path + ": expected " + scalar + ", is " + ours + '\n';
  }
  for (const auto& [path, scalar] : actual) {
    if (!expected.contains(path)) lines += path + ": unexpected " + scalar + '\n';
  }
  return lines;
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Converted Convert(const NotetypeRow& row) {
  Flat stored{{"config", '"' + Hex(row.config)}};
  const auto add = [&stored](const std::string& table, const auto& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string path = table + '/' + std::to_string(i);
      stored[path + "/name"] = '"' + rows[i].name;
      stored[path + "/config"] = '"' + Hex(rows[i].config);
    }
  };
  add("fields", row.fields);
  add("templates", row.templates);
  return WithOut(std::move(stored), row, WriteNotetype);
}

Converted Convert(const DeckRow& row) {
  return WithOut({{"common", '"' + Hex(row.common)}, {"kind", '"' + Hex(row.kind)}}, row,
                 WriteDeck);
}

Converted Convert(const DeckConfigRow& row) {
  return WithOut({{"config", '"' + Hex(row.config)}}, row, WriteDeckConfig);
}

Converted Receive(std::string_view type, const std::string& text) {
  const auto document = json::Document::Parse(text);
  if (type == "notetype") return Convert(ReadNotetype(document.root()));
  if (type == "deck") return Convert(ReadDeck(document.root()));
  if (type == "deck_config") return Convert(ReadDeckConfig(document.root()));
  throw std::runtime_error("unknown type " + std::string(type));
}

Flat Comparable(const Flat& stored) {
  Flat comparable;
  for (const auto& [path, text] : stored) {
    // Template rows have no such columns to us; the storage writes zeros.
    if (path.find("/mtime_usn") != std::string::npos) continue;
    comparable[path] = text;
    const std::string column = path.substr(path.rfind('/') + 1);
    if (column != "config" && column != "common" && column != "kind") continue;
    const std::string blob = FromHex(std::string_view(text).substr(1));
    const auto [end, other] = SplitOther(blob);
    comparable[path] = Hex(std::string_view(blob).substr(0, end));
    if (!other.empty())
      FlattenInto(json::Document::Parse(other).root(), path + "/other", comparable);
  }
  return comparable;
}

}  // namespace ankisync
