// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/chunk_entries.h"

#include "common/codec/json_read.h"
#include "common/storage/collection/text/card_data.h"

namespace ankisync::sync {
namespace {

constexpr int kReviewKindMax = 5;

// The elements of one entry by position, read by the codes of the protocol notes.
class Elements {
 public:
  Elements(Entry entry, const char* what) : entry_(entry), what_(what) {}

  template <typename T>
  T I(std::size_t at) const {
    return Must(at, entry_[at].kind == json::Kind::kNumber ? json::ParseInt<T>(entry_[at].text)
                                                           : std::nullopt);
  }
  template <typename T>
  T If(std::size_t at) const {
    const auto wide = entry_[at].kind == json::Kind::kNumber ? json::ParseTruncated(entry_[at].text)
                                                             : std::nullopt;
    return json::Narrow<T>(Must(at, wide));
  }
  template <typename T>
  T In(std::size_t at, T min, T max) const {
    const T value = I<T>(at);
    return Must(at, value >= min && value <= max ? std::optional<T>(value) : std::nullopt);
  }
  const std::string& S(std::size_t at) const {
    if (entry_[at].kind != json::Kind::kString) Misfit(at);
    return entry_[at].text;
  }
  template <typename Id>
  Id IdAt(std::size_t at) const {
    return static_cast<Id>(I<std::underlying_type_t<Id>>(at));
  }

 private:
  template <typename T>
  T Must(std::size_t at, const std::optional<T>& read) const {
    if (!read) Misfit(at);
    return *read;
  }
  [[noreturn]] void Misfit(std::size_t at) const {
    throw SyncError(ErrorKind::kMalformedRequest,
                    std::string(what_) + " entry: no valid element " + std::to_string(at));
  }

  Entry entry_;
  const char* what_;
};

void RequireLength(bool fits, const char* what) {
  if (!fits)
    throw SyncError(ErrorKind::kMalformedRequest, std::string(what) + " entry of another length");
}

// Unknown kinds come from newer clients; older ones could not read them.
std::uint8_t ReviewKind(Entry entry) {
  if (entry.size() < 9 || entry[8].kind != json::Kind::kNumber) return 0;
  if (!json::ParseDouble(entry[8].text))
    throw SyncError(ErrorKind::kMalformedRequest, "revlog entry: a number beyond all bounds");
  const auto kind = json::ParseInt<std::uint8_t>(entry[8].text);
  return kind && *kind <= kReviewKindMax ? *kind : 0;
}

}  // namespace

RevlogEntry ReadRevlogEntry(Entry entry) {
  RequireLength(entry.size() == 8 || entry.size() == 9, "revlog");
  const Elements at(entry, "revlog");
  return {.id = at.IdAt<RevlogId>(0),
          .card_id = at.IdAt<CardId>(1),
          .usn = at.IdAt<Usn>(2),
          .button = at.I<std::uint8_t>(3),
          .ivl = at.If<std::int32_t>(4),
          .last_ivl = at.If<std::int32_t>(5),
          .factor = at.If<std::uint32_t>(6),
          .taken_ms = at.If<std::uint32_t>(7),
          .kind = ReviewKind(entry)};
}

CardEntry ReadCardEntry(Entry entry) {
  RequireLength(entry.size() == 18, "card");
  const Elements at(entry, "card");
  return {.id = at.IdAt<CardId>(0),
          .note_id = at.IdAt<NoteId>(1),
          .deck_id = at.IdAt<DeckId>(2),
          .ord = at.I<std::uint16_t>(3),
          .mtime = static_cast<UnixSeconds>(at.If<std::int64_t>(4)),
          .usn = at.IdAt<Usn>(5),
          .type = at.In<std::uint8_t>(6, 0, 3),
          .queue = at.In<std::int8_t>(7, -3, 4),
          .due = at.If<std::int32_t>(8),
          .ivl = at.If<std::uint32_t>(9),
          .factor = at.I<std::uint16_t>(10),
          .reps = at.I<std::uint32_t>(11),
          .lapses = at.I<std::uint32_t>(12),
          .left = at.I<std::uint32_t>(13),
          .odue = at.If<std::int32_t>(14),
          .odid = at.IdAt<DeckId>(15),
          .flags = at.I<std::uint8_t>(16),
          .data = at.S(17)};
}

NoteEntry ReadNoteEntry(Entry entry) {
  RequireLength(entry.size() == 11, "note");
  const Elements at(entry, "note");
  at.S(7);
  at.S(8);
  at.I<std::uint32_t>(9);
  at.S(10);
  return {.id = at.IdAt<NoteId>(0),
          .guid = at.S(1),
          .notetype_id = at.IdAt<NotetypeId>(2),
          .mtime = at.IdAt<UnixSeconds>(3),
          .usn = at.IdAt<Usn>(4),
          .tags = at.S(5),
          .fields = at.S(6)};
}

void WriteEntry(const RevlogEntry& review, json::Writer& out) {
  out.StartArray()
      .Int(Raw(review.id))
      .Int(Raw(review.card_id))
      .Int(Raw(review.usn))
      .Int(review.button);
  out.Int(review.ivl)
      .Int(review.last_ivl)
      .Int(review.factor)
      .Int(review.taken_ms)
      .Int(review.kind)
      .EndArray();
}

void WriteEntry(const CardEntry& card, json::Writer& out) {
  out.StartArray().Int(Raw(card.id)).Int(Raw(card.note_id)).Int(Raw(card.deck_id)).Int(card.ord);
  out.Int(Raw(card.mtime))
      .Int(Raw(card.usn))
      .Int(card.type)
      .Int(card.queue)
      .Int(card.due)
      .Int(card.ivl);
  out.Int(card.factor)
      .Int(card.reps)
      .Int(card.lapses)
      .Int(card.left)
      .Int(card.odue)
      .Int(Raw(card.odid));
  out.Int(card.flags).Text(NormalisedCardData(card.data)).EndArray();
}

void WriteEntry(const NoteEntry& note, json::Writer& out) {
  out.StartArray()
      .Int(Raw(note.id))
      .Text(note.guid)
      .Int(Raw(note.notetype_id))
      .Int(Raw(note.mtime));
  // Sort field and checksum travel empty: whoever stores the note makes them.
  out.Int(Raw(note.usn))
      .Text(note.tags)
      .Text(note.fields)
      .Text("")
      .Text("")
      .Int(0)
      .Text("")
      .EndArray();
}

}  // namespace ankisync::sync
