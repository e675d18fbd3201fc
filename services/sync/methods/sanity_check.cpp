// SPDX-License-Identifier: AGPL-3.0-or-later
#include <array>
#include <string>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {
namespace {

// The seven numbers behind the due counts, which nobody compares any more.
struct Compared {
  const char* name;
  std::int64_t RowCounts::*count;  // nullptr: the graves, which are not compared either
  SanityField field;
};

constexpr std::array kCompared = {
    Compared{"cards", &RowCounts::cards, SanityField::kCards},
    Compared{"notes", &RowCounts::notes, SanityField::kNotes},
    Compared{"revlog", &RowCounts::revlog, SanityField::kRevlog},
    Compared{"graves", nullptr, {}},
    Compared{"notetypes", &RowCounts::notetypes, SanityField::kNotetypes},
    Compared{"decks", &RowCounts::decks, SanityField::kDecks},
    Compared{"deck_configs", &RowCounts::deck_configs, SanityField::kDeckConfigs},
};

std::span<const json::Value> List(const json::Value& value, std::size_t size) {
  if (!value.is(json::Kind::kArray) || value.items().size() != size) {
    throw SyncError(ErrorKind::kMalformedRequest, "sanityCheck2: counts of another form");
  }
  return value.items();
}

struct ClientCounts {
  RowCounts counts;
  std::array<std::uint32_t, 3> due;
  std::uint32_t graves;
};

ClientCounts Read(Request& request) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "sanityCheck2");
  const auto list = List(json::RequireMember(object, "client"), kCompared.size() + 1);
  const auto number = [](const json::Value& value) {
    return json::Require(json::ReadInt<std::uint32_t>(value), "a count");
  };
  ClientCounts client{};
  const auto due = List(list[0], 3);
  for (std::size_t i = 0; i < 3; ++i) client.due[i] = number(due[i]);
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    const std::uint32_t count = number(list[i + 1]);
    if (kCompared[i].count)
      client.counts.*kCompared[i].count = count;
    else
      client.graves = count;
  }
  return client;
}

void Write(const std::array<std::uint32_t, 3>& due, const RowCounts& counts, std::uint32_t graves,
           json::Writer& out) {
  out.StartArray().StartArray().Int(due[0]).Int(due[1]).Int(due[2]).EndArray();
  for (const Compared& compared : kCompared)
    out.Int(compared.count ? counts.*compared.count : graves);
  out.EndArray();
}

bool Differs(const Compared& compared, const RowCounts& client, const RowCounts& server) {
  return compared.count && client.*compared.count != server.*compared.count;
}

void Compare(const RowCounts& client, const RowCounts& server, SanityResult& result) {
  for (const Compared& compared : kCompared) {
    if (!Differs(compared, client, server)) continue;
    result.fields.push_back(compared.field);
    result.difference += std::string(result.difference.empty() ? "" : ", ") + compared.name + " " +
                         std::to_string(client.*compared.count) + " there, " +
                         std::to_string(server.*compared.count) + " here";
  }
}

std::string Verdict(const char* status, const RowCounts& client, const RowCounts& server) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("status").Text(status).Key("c");
  Write({}, client, 0, out);
  out.Key("s");
  Write({}, server, 0, out);
  out.EndObject();
  return text;
}

std::string UnsentVerdict(const ClientCounts& client) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("status").Text("bad").Key("c");
  Write(client.due, client.counts, client.graves, out);
  out.Key("s").Null().EndObject();
  return text;
}

}  // namespace

SanityResult SanityCheck2(Request& request, Session& session, Collection& collection) {
  const ClientCounts client = Read(request);
  if (collection.AnyUnsent()) {
    return {.reply = {UnsentVerdict(client)},
            .difference = "rows with usn -1 here",
            .fields = {SanityField::kPending}};
  }
  // A wrong "bad" costs the person a full sync, so it is never said by the carried numbers alone.
  if (client.counts != session.counts) session.counts = collection.CountRows();
  SanityResult result;
  Compare(client.counts, session.counts, result);
  if (session.client_is_ahead) {
    result.difference = "the client knows of later syncs than this collection";
  }
  result.ok = result.difference.empty();
  result.reply = {Verdict(result.ok ? "ok" : "bad", client.counts, session.counts)};
  return result;
}

}  // namespace ankisync::sync
