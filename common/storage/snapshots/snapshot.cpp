// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/snapshots/snapshot.h"

#include <algorithm>
#include <array>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/utc_text.h"

namespace ankisync {
namespace {

constexpr std::array<std::string_view, 4> kReasons = {"upload", "restore", "daily", "manual"};
constexpr std::size_t kTimeCharacters = 16;  // "20261124T081015Z"

}  // namespace

std::string_view NameOf(Snapshot::Reason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::string SnapshotName(UnixSeconds taken, Snapshot::Reason reason) {
  return CompactUtcText(static_cast<UnixMillis>(Raw(taken) * 1000)) + "-" +
         std::string(NameOf(reason));
}

std::optional<Snapshot> ParseSnapshotName(std::string_view name) {
  if (name.size() <= kTimeCharacters || name[kTimeCharacters] != '-') return std::nullopt;
  const auto taken = ParseCompactUtcText(std::string(name.substr(0, kTimeCharacters)));
  const auto reason = std::ranges::find(kReasons, name.substr(kTimeCharacters + 1));
  if (!taken || reason == kReasons.end()) return std::nullopt;
  Snapshot snapshot;
  snapshot.name = name;
  snapshot.taken = *taken;
  snapshot.reason = static_cast<Snapshot::Reason>(reason - kReasons.begin());
  return snapshot;
}

std::string Describe(const Snapshot& snapshot) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("pinned").Bool(snapshot.is_pinned);
  if (const auto& facts = snapshot.facts) {
    out.Key("bytes").Int(snapshot.collection_bytes);
    out.Key("mod").Int(Raw(facts->mod)).Key("scm").Int(Raw(facts->scm));
    out.Key("usn").Int(Raw(facts->usn));
    out.Key("cards").Int(facts->counts.cards).Key("notes").Int(facts->counts.notes);
    out.Key("reviews").Int(facts->counts.revlog).Key("decks").Int(facts->counts.decks);
    out.Key("notetypes").Int(facts->counts.notetypes);
    out.Key("deck_configs").Int(facts->counts.deck_configs);
    out.Key("damage").Text(facts->damage);
  }
  out.EndObject();
  return text + "\n";
}

void ReadDescription(std::string text, Snapshot& into) {
  try {
    const auto document = json::Document::Parse(std::move(text));
    const json::Value& root = document.root();
    if (const json::Value* pinned = root.Find("pinned"))
      into.is_pinned = json::ReadBool(*pinned).value_or(false);
    const auto number = [&root](const char* key) {
      return json::Require(json::ReadInt<std::int64_t>(json::RequireMember(root, key)), key);
    };
    if (!root.Find("mod")) return;
    CollectionFacts facts{.mod = static_cast<UnixMillis>(number("mod")),
                          .scm = static_cast<UnixMillis>(number("scm")),
                          .usn = static_cast<Usn>(number("usn")),
                          .counts = {.cards = number("cards"),
                                     .notes = number("notes"),
                                     .revlog = number("reviews"),
                                     .notetypes = number("notetypes"),
                                     .decks = number("decks"),
                                     .deck_configs = number("deck_configs")},
                          .damage = std::string(json::RequireMember(root, "damage").text())};
    into.collection_bytes = static_cast<std::uint64_t>(number("bytes"));
    into.facts = std::move(facts);
  } catch (const SyncError&) {  // of no use, then
  }
}

}  // namespace ankisync
