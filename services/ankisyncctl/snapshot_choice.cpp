// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/snapshot_choice.h"

#include <cstdio>

#include "common/core/utc_text.h"

namespace ankisync::ctl {

std::shared_ptr<SnapshotChoice> DefineSnapshotChoice(CLI::App& command_line) {
  auto choice = std::make_shared<SnapshotChoice>();
  command_line.add_option("USER", choice->user, "The account")->required();
  command_line.add_option("SNAPSHOT", choice->snapshot, "Its name, the beginning of it, or latest")
      ->required();
  return choice;
}

std::string SizeText(std::uint64_t bytes) {
  const char* unit = "KiB";
  double size = static_cast<double>(bytes) / 1024;
  for (const char* next : {"MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, unit);
  return text;
}

std::string CountText(std::int64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void WriteJson(json::Writer& out, const Snapshot& snapshot) {
  out.StartObject().Key("name").Text(snapshot.name);
  out.Key("taken").Text(UtcText(static_cast<UnixMillis>(Raw(snapshot.taken) * 1000)));
  out.Key("reason").Text(NameOf(snapshot.reason)).Key("bytes").Int(snapshot.bytes);
  out.Key("pinned").Bool(snapshot.is_pinned);
  if (const auto& facts = snapshot.facts) {
    out.Key("collection_bytes").Int(snapshot.collection_bytes);
    out.Key("modified").Text(UtcText(facts->mod));
    out.Key("cards").Int(facts->counts.cards).Key("notes").Int(facts->counts.notes);
    out.Key("reviews").Int(facts->counts.revlog).Key("decks").Int(facts->counts.decks);
    out.Key("damage").Text(facts->damage);
  }
  out.EndObject();
}

}  // namespace ankisync::ctl
