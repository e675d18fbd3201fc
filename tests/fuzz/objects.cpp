// SPDX-License-Identifier: AGPL-3.0-or-later
// Notetypes, decks and presets: what is taken from a client can be written for another one, and
// then be taken again.
#include <string>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"

namespace {

using namespace ankisync;

template <typename Read, typename Write>
void RoundTrip(const json::Value& value, Read read, Write write) {
  std::string text;
  try {
    const auto row = read(value);
    json::Writer out(text);
    write(row, out);
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest) throw;
    return;
  }
  read(json::Document::Parse(text).root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const json::Document document = json::Document::Parse(std::move(text));
    const json::Value& value = document.root();
    RoundTrip(
        value, [](const json::Value& v) { return ReadNotetype(v); }, WriteNotetype);
    RoundTrip(
        value, [](const json::Value& v) { return ReadDeck(v); }, WriteDeck);
    RoundTrip(
        value, [](const json::Value& v) { return ReadDeckConfig(v); }, WriteDeckConfig);
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest) throw;
  }
  return 0;
}
