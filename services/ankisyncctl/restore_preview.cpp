// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/restore_preview.h"

#include <span>

#include "common/core/error.h"

namespace ankisync::ctl {
namespace {

constexpr std::size_t kNamesMax = 8;

struct Kind {
  const char* noun;  // of one
  const char* key;   // in JSON
  RowDifference CollectionDifference::*rows;
};

constexpr Kind kKinds[] = {
    {"note", "notes", &CollectionDifference::notes},
    {"card", "cards", &CollectionDifference::cards},
    {"review", "reviews", &CollectionDifference::reviews},
    {"deck", "decks", &CollectionDifference::decks},
    {"notetype", "notetypes", &CollectionDifference::notetypes},
};

std::string Names(std::span<const std::string> names) {
  if (names.empty()) return "";
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), kNamesMax)))
    text += (text.empty() ? "" : ", ") + name;
  const std::size_t more = names.size() - std::min(names.size(), kNamesMax);
  return " (" + text + (more > 0 ? " and " + std::to_string(more) + " more" : "") + ")";
}

// "800 notes, 1203 cards, 2 decks (A, B)"; empty for none of any kind.
std::string List(const CollectionDifference& difference, std::int64_t RowDifference::*which,
                 std::span<const std::string> decks) {
  std::string text;
  for (const Kind& kind : kKinds) {
    const std::int64_t count = difference.*kind.rows.*which;
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + CountText(count, kind.noun);
    if (kind.rows == &CollectionDifference::decks) text += Names(decks);
  }
  return text;
}

}  // namespace

CollectionDifference DifferenceTo(const UserSnapshots& of, const Snapshot& snapshot) {
  if (!std::filesystem::exists(of.present))
    throw SyncError(ErrorKind::kInconsistentData, of.account.name + " has no collection yet");
  const SnapshotFolder::Temporary unpacked = of.snapshots.NewTemporary();
  of.snapshots.Unpack(snapshot, unpacked.path());
  return Compare(of.present, unpacked.path());
}

std::string WordsFor(const CollectionDifference& difference) {
  std::string text;
  const auto add = [&text](const char* verb, const std::string& list, const char* rest) {
    if (!list.empty()) text += std::string("  ") + verb + list + rest + "\n";
  };
  add("brings back ", List(difference, &RowDifference::gained, difference.decks_gained), "");
  add("takes away  ", List(difference, &RowDifference::lost, difference.decks_lost), "");
  add("puts back   ", List(difference, &RowDifference::changed, {}), " to how they were");
  return text.empty() ? "  changes nothing\n" : text;
}

void WriteJson(json::Writer& out, const CollectionDifference& difference) {
  for (const Kind& kind : kKinds) {
    const RowDifference& rows = difference.*kind.rows;
    out.Key(kind.key).StartObject().Key("gained").Int(rows.gained);
    out.Key("lost").Int(rows.lost).Key("changed").Int(rows.changed).EndObject();
  }
  const auto names = [&out](const char* key, const std::vector<std::string>& list) {
    out.Key(key).StartArray();
    for (const std::string& name : list) out.Text(name);
    out.EndArray();
  };
  names("decks_gained", difference.decks_gained);
  names("decks_lost", difference.decks_lost);
}

}  // namespace ankisync::ctl
