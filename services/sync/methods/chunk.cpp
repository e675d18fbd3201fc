// SPDX-License-Identifier: AGPL-3.0-or-later
#include <string>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "services/sync/methods/chunk_entries.h"
#include "services/sync/methods/methods.h"

namespace ankisync::sync {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

// The text under way: handed to the sink piece by piece, so that a chunk is never whole in memory.
struct Output {
  ByteSink& sink;
  std::size_t bytes_left;
  std::string text = {};
  json::Writer json{text};
  std::size_t entries = 0;

  // Never before the first entry, or a client would ask for ever.
  bool is_full() const { return entries > 0 && text.size() >= bytes_left; }

  void HandOver(std::size_t keep_below) {
    if (text.size() < keep_below) return;
    bytes_left -= std::min(bytes_left, text.size());
    sink.Write(text);
    text.clear();
  }
};

// Takes ids from the end until the budget is spent. A row that was deleted meanwhile is passed
// over.
template <typename Id, typename Table>
void WriteEntries(std::string_view key, std::vector<Id>& ids, Table& table, Output& out,
                  std::uint64_t& sent) {
  if (ids.empty() || out.is_full()) return;
  out.json.Key(key).StartArray();
  while (!ids.empty() && !out.is_full()) {
    const auto entry = table.Get(ids.back());
    ids.pop_back();
    if (!entry) continue;
    WriteEntry(*entry, out.json);
    ++sent;
    ++out.entries;
    out.HandOver(kPieceBytes);
  }
  out.json.EndArray();
}

}  // namespace

Reply Chunk(Request& request, Session& session, Collection& collection, std::size_t bytes_max) {
  const json::Document document = protocol::ReadJson(request);
  json::RequireObject(document.root(), "chunk");
  if (!session.pending) {
    session.pending = PendingRows{.revlog = collection.revlog.ChangedSince(session.client_usn),
                                  .cards = collection.cards.ChangedSince(session.client_usn),
                                  .notes = collection.notes.ChangedSince(session.client_usn)};
  }
  return {[&session, &collection, bytes_max](ByteSink& sink) {
    PendingRows& pending = *session.pending;
    Moved& sent = session.traffic.sent;
    Output out{.sink = sink, .bytes_left = bytes_max};
    out.json.StartObject();
    WriteEntries("revlog", pending.revlog, collection.revlog, out, sent[ObjectKind::kRevlog]);
    WriteEntries("cards", pending.cards, collection.cards, out, sent[ObjectKind::kCard]);
    WriteEntries("notes", pending.notes, collection.notes, out, sent[ObjectKind::kNote]);
    out.json.Key("done").Bool(pending.empty()).EndObject();
    out.HandOver(0);
  }};
}

}  // namespace ankisync::sync
