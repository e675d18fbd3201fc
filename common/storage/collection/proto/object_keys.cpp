// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/object_keys.h"

#include <algorithm>

#include "common/codec/json_read.h"
#include "common/core/error.h"

namespace ankisync {

void RequireTravelling(const json::Value& value, std::string_view what) {
  if (!value.is(json::Kind::kObject) || !json::IsUsable(value, kObjectHeightMax)) {
    throw SyncError(ErrorKind::kMalformedRequest,
                    std::string(what) + " is no object, too deep or holds too large a number");
  }
}

void RequireDistinctKeys(const json::Value& value, Names known, std::string_view what) {
  if (!value.is(json::Kind::kObject)) {
    throw SyncError(ErrorKind::kMalformedRequest, std::string(what) + " is no object");
  }
  const auto members = value.members();
  for (const std::string_view name : known) {
    if (std::count_if(members.begin(), members.end(),
                      [name](const json::Member& member) { return member.key == name; }) > 1) {
      throw SyncError(ErrorKind::kMalformedRequest,
                      std::string(what) + " has " + std::string(name) + " twice");
    }
  }
}

void RequireId(std::int64_t id, ZeroId zero_id, std::string_view what) {
  if (id == 0 && zero_id == ZeroId::kRefused) {
    throw SyncError(ErrorKind::kMalformedRequest, std::string(what) + " has id 0");
  }
}

std::string UnknownKeys(const json::Value& object, Names known) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  WriteUnknownKeys(object, known, out);
  out.EndObject();
  return text == "{}" ? std::string() : text;
}

void WriteUnknownKeys(const json::Value& object, Names known, json::Writer& out) {
  for (const json::Member* member : object.LastMembers()) {
    if (std::find(known.begin(), known.end(), member->key) != known.end()) continue;
    out.Key(member->key).Normalised(member->value);
  }
}

std::optional<json::Document> ParseOther(std::string_view other, std::uint32_t height_max) {
  if (other.empty()) return std::nullopt;
  try {
    auto document = json::Document::Parse(std::string(other));
    const json::Value& root = document.root();
    if (root.is(json::Kind::kObject) && json::IsUsable(root, height_max)) return document;
  } catch (const SyncError&) {  // whatever wrote it, the rest of the object is good
  }
  return std::nullopt;
}

void WriteOther(std::string_view other, Names known, json::Writer& out, std::uint32_t height_max) {
  const auto document = ParseOther(other, height_max);
  if (document) WriteUnknownKeys(document->root(), known, out);
}

}  // namespace ankisync
