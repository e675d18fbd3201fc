// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/graves_json.h"

#include "common/codec/json_writer.h"

namespace ankisync::sync {
namespace {

template <typename Id>
std::vector<Id> ReadIds(const json::Value& object, std::string_view key, GraveIds form) {
  const json::Value& list = json::RequireMember(object, key);
  if (!list.is(json::Kind::kArray))
    throw SyncError(ErrorKind::kMalformedRequest, "graves are no lists");
  std::vector<Id> ids;
  for (const json::Value& item : list.items()) {
    const auto id = form == GraveIds::kIntegers ? json::ReadInt<std::int64_t>(item)
                                                : json::ReadIntOrText<std::int64_t>(item);
    ids.push_back(static_cast<Id>(json::Require(id, key)));
  }
  return ids;
}

template <typename Id>
void WriteIds(std::string_view key, const std::vector<Id>& ids, json::Writer& out) {
  out.Key(key).StartArray();
  for (const Id id : ids) out.Int(Raw(id));
  out.EndArray();
}

}  // namespace

Graves ReadGraves(const json::Value& value, GraveIds ids) {
  const json::Value& object = json::RequireObject(value, "graves");
  return {.cards = ReadIds<CardId>(object, "cards", ids),
          .decks = ReadIds<DeckId>(object, "decks", ids),
          .notes = ReadIds<NoteId>(object, "notes", ids)};
}

std::string WriteGraves(const Graves& graves) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  WriteIds("cards", graves.cards, out);
  WriteIds("decks", graves.decks, out);
  WriteIds("notes", graves.notes, out);
  out.EndObject();
  return text;
}

}  // namespace ankisync::sync
