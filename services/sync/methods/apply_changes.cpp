// SPDX-License-Identifier: AGPL-3.0-or-later
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/storage/collection/proto/deck_config_json.h"
#include "common/storage/collection/proto/deck_json.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "services/sync/merge/objects.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/with_merge.h"

namespace ankisync::sync {
namespace {

constexpr std::uint32_t kLevelsAboveConf = 2;  // the envelope and "changes"

// What changed on one side: notetypes, decks, presets, tags; the configuration only from the side
// that is newer.
struct Changes {
  std::vector<NotetypeRow> notetypes;                        // "models"
  std::vector<DeckRow> decks;                                // "decks"[0]
  std::vector<DeckConfigRow> deck_configs;                   // "decks"[1]
  std::vector<std::string> tags;                             // "tags"
  std::optional<std::map<std::string, std::string>> config;  // "conf"
  std::optional<UnixSeconds> crt;                            // "crt"

  void CountIn(Moved& moved) const {
    moved[ObjectKind::kNotetype] += notetypes.size();
    moved[ObjectKind::kDeck] += decks.size();
    moved[ObjectKind::kDeckConfig] += deck_configs.size();
    moved[ObjectKind::kTag] += tags.size();
    if (config) moved[ObjectKind::kConfig] += config->size();
  }
};

std::span<const json::Value> Items(const json::Value& list, std::string_view what) {
  if (!list.is(json::Kind::kArray))
    throw SyncError(ErrorKind::kMalformedRequest, std::string(what) + " is no list");
  return list.items();
}

std::map<std::string, std::string> ReadConfig(const json::Value& object) {
  if (!object.is(json::Kind::kObject))
    throw SyncError(ErrorKind::kMalformedRequest, "conf is no object");
  if (!json::IsUsable(object, json::kHeightMax - kLevelsAboveConf))
    throw SyncError(ErrorKind::kMalformedRequest, "conf is not usable");
  std::map<std::string, std::string> values;
  for (const json::Member& member : object.members()) {  // of equal keys the last
    std::string& value = values[std::string(member.key)];
    value.clear();
    json::Writer(value).Normalised(member.value);
  }
  return values;
}

Changes ReadChanges(const json::Value& object) {
  Changes changes;
  for (const json::Value& item : Items(json::RequireMember(object, "models"), "models")) {
    changes.notetypes.push_back(ReadNotetype(item));
  }
  const auto pair = Items(json::RequireMember(object, "decks"), "decks");
  if (pair.size() != 2) throw SyncError(ErrorKind::kMalformedRequest, "decks is no pair");
  for (const json::Value& item : Items(pair[0], "decks")) changes.decks.push_back(ReadDeck(item));
  for (const json::Value& item : Items(pair[1], "presets"))
    changes.deck_configs.push_back(ReadDeckConfig(item));
  for (const json::Value& item : Items(json::RequireMember(object, "tags"), "tags")) {
    changes.tags.emplace_back(json::Require(json::ReadText(item), "a tag"));
  }
  const json::Value* conf = object.Find("conf");
  if (conf && !conf->is(json::Kind::kNull)) changes.config = ReadConfig(*conf);
  const json::Value* crt = object.Find("crt");
  if (crt && !crt->is(json::Kind::kNull)) {
    changes.crt = static_cast<UnixSeconds>(json::Require(json::ReadInt<std::int64_t>(*crt), "crt"));
  }
  return changes;
}

Changes ChangesSince(Usn usn, Collection& collection) {
  return {.notetypes = collection.notetypes.ChangedSince(usn),
          .decks = collection.decks.ChangedSince(usn),
          .deck_configs = collection.deck_configs.ChangedSince(usn),
          .tags = collection.tags.ChangedSince(usn)};
}

Outcomes Apply(Changes theirs, Merge& merge) {
  Outcomes outcomes;
  for (NotetypeRow& notetype : theirs.notetypes)
    MergeNotetype(std::move(notetype), outcomes, merge);
  for (DeckRow& deck : theirs.decks) MergeDeck(std::move(deck), outcomes, merge);
  for (DeckConfigRow& preset : theirs.deck_configs)
    MergeDeckConfig(std::move(preset), outcomes, merge);
  for (const std::string& tag : theirs.tags) MergeTag(tag, merge);
  if (theirs.crt) ReplaceCrt(*theirs.crt, merge);
  if (theirs.config) ReplaceConfig(*theirs.config, merge);
  return outcomes;
}

template <typename Row, typename Id, typename Table>
void Amend(std::vector<Row>& rows, const Outcome<Id>& outcome, Table& table) {
  std::erase_if(rows, [&outcome](const Row& row) {
    return outcome.resend.contains(row.id) || outcome.replaced.contains(row.id);
  });
  for (const Id id : outcome.resend) rows.push_back(*table.Get(id));
}

// A client takes rows one by one and appends "+" to a name that another of its rows still has, even
// if that row is about to be renamed: with several rows the outcome depends on their order, and
// devices then disagree for ever. So every row comes twice, first under a name that nothing has,
// then under its own.
template <typename Row, typename Write>
void WriteRows(const std::vector<Row>& rows, Write write, json::Writer& out) {
  out.StartArray();
  if (rows.size() > 1) {
    for (Row row : rows) {
      row.name = "sync " + std::to_string(Raw(row.id));
      write(row, out);
    }
  }
  for (const Row& row : rows) write(row, out);
  out.EndArray();
}

std::string WriteChanges(const Changes& changes) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("models");
  WriteRows(changes.notetypes, WriteNotetype, out);
  out.Key("decks").StartArray();
  WriteRows(changes.decks, WriteDeck, out);
  out.StartArray();
  for (const DeckConfigRow& preset : changes.deck_configs) WriteDeckConfig(preset, out);
  out.EndArray().EndArray();
  out.Key("tags").StartArray();
  for (const std::string& tag : changes.tags) out.Text(tag);
  out.EndArray();
  if (changes.config) {
    out.Key("conf").StartObject();
    for (const auto& [key, json] : *changes.config) out.Key(key).Raw(json);
    out.EndObject();
  }
  if (changes.crt) out.Key("crt").Int(Raw(*changes.crt));
  out.EndObject();
  return text;
}

}  // namespace

Reply ApplyChanges(Request& request, Session& session, Collection& collection, UnixMillis now) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& envelope = json::RequireObject(document.root(), "applyChanges");
  Changes theirs =
      ReadChanges(json::RequireObject(json::RequireMember(envelope, "changes"), "changes"));
  if (session.overtaken) {
    theirs.config.reset();
    theirs.crt.reset();
  }

  Changes ours = ChangesSince(session.client_usn, collection);
  if (!session.client_is_newer) {
    ours.config = collection.config.All();
    ours.crt = collection.col.Get().crt;
  }
  theirs.CountIn(session.traffic.received);
  WithMerge(session, collection, now, [&](Merge& merge) {
    const Outcomes outcomes = Apply(std::move(theirs), merge);
    Amend(ours.notetypes, outcomes.notetypes, collection.notetypes);
    Amend(ours.decks, outcomes.decks, collection.decks);
    Amend(ours.deck_configs, outcomes.deck_configs, collection.deck_configs);
  });
  ours.CountIn(session.traffic.sent);
  return {WriteChanges(ours)};
}

}  // namespace ankisync::sync
