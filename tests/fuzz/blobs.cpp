// SPDX-License-Identifier: AGPL-3.0-or-later
// Protobuf blobs as an uploaded file has them: what passes the check of uploads can be written for
// a client, and what a client then reads can be taken from it again.
#include <string>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"

namespace {

using namespace ankisync;

template <typename Row, typename Write, typename Read>
void RoundTrip(const Row& row, Write write, Read read) {
  try {
    CheckDecodes(row);
  } catch (const SyncError&) {
    return;
  }
  std::string text;
  json::Writer out(text);
  write(row, out);
  read(json::Document::Parse(text).root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string blob(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read_deck = [](const json::Value& value) { return ReadDeck(value); };
  switch (data[0] % 5) {
    case 0:
      RoundTrip(NotetypeRow{.id = NotetypeId{1},
                            .name = "n",
                            .config = blob,
                            .fields = {{"f", ""}},
                            .templates = {{"t", ""}}},
                WriteNotetype, [](const json::Value& value) { return ReadNotetype(value); });
      break;
    case 1:
      RoundTrip(NotetypeRow{.id = NotetypeId{1},
                            .name = "n",
                            .config = "",
                            .fields = {{"f", blob}},
                            .templates = {{"t", blob}}},
                WriteNotetype, [](const json::Value& value) { return ReadNotetype(value); });
      break;
    case 2:
      RoundTrip(DeckRow{.id = DeckId{1}, .name = "d", .common = "", .kind = blob}, WriteDeck,
                read_deck);
      break;
    case 3:
      RoundTrip(DeckRow{.id = DeckId{1}, .name = "d", .common = blob, .kind = "\x0a\x02\x08\x01"},
                WriteDeck, read_deck);
      break;
    default:
      RoundTrip(DeckConfigRow{.id = DeckConfigId{1}, .name = "p", .config = blob}, WriteDeckConfig,
                [](const json::Value& value) { return ReadDeckConfig(value); });
  }
  return 0;
}
