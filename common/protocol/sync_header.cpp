// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/sync_header.h"

#include <algorithm>

#include "common/codec/json_read.h"

namespace ankisync::protocol {

SyncHeader ParseSyncHeader(std::string_view value) {
  const bool visible_ascii =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!visible_ascii)
    throw SyncError(ErrorKind::kMalformedRequest, "anki-sync header with other than ASCII");
  const json::Document document = json::Document::Parse(std::string(value));
  const json::Value& object = json::RequireObject(document.root(), "the anki-sync header");
  const auto text = [&object](std::string_view key) {
    return std::string(json::Require(json::ReadText(json::RequireMember(object, key)), key));
  };
  SyncHeader header;
  header.version =
      json::Require(json::ReadInt<std::uint8_t>(json::RequireMember(object, "v")), "v");
  header.hkey = text("k");
  header.client = text("c");
  header.skey = text("s");
  if (header.version < kVersionMin) {
    throw SyncError(ErrorKind::kMalformedRequest,
                    "protocol version " + std::to_string(header.version));
  }
  return header;
}

}  // namespace ankisync::protocol
