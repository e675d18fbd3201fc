// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/utc_text.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

const char* StoryOf(Snapshot::Reason reason) {
  switch (reason) {
    case Snapshot::Reason::kUpload:
      return "before a device replaced it by an upload";
    case Snapshot::Reason::kRestore:
      return "before a restore";
    case Snapshot::Reason::kDaily:
      return "as every day on which something changed";
    case Snapshot::Reason::kManual:
      return "because an operator asked";
  }
  return "";
}

void Print(std::ostream& out, const Snapshot& snapshot) {
  out << snapshot.name << ": the collection " << StoryOf(snapshot.reason) << "\n";
  if (const auto& facts = snapshot.facts) {
    const RowCounts& counts = facts->counts;
    out << "  " << CountText(counts.cards, "card") << " of " << CountText(counts.notes, "note")
        << " in " << CountText(counts.decks, "deck") << ", " << CountText(counts.revlog, "review")
        << "\n  last changed " << UtcText(facts->mod) << "\n  "
        << (facts->damage.empty() ? "integrity checked when it was made"
                                  : "damaged: " + facts->damage)
        << "\n  " << SizeText(snapshot.collection_bytes) << ", ";
  }
  out << SizeText(snapshot.bytes) << " compressed\n";
  if (snapshot.is_pinned) out << "  pinned: it stays until it is removed\n";
}

}  // namespace

Action DefineSnapshotShow(CLI::App& command_line) {
  const auto choice = DefineSnapshotChoice(command_line);
  return [choice](Context& context) {
    const UserSnapshots of(context.data, choice->user);
    const Snapshot snapshot = of.snapshots.Get(choice->snapshot);
    if (!context.as_json) {
      Print(context.out, snapshot);
      return;
    }
    std::string json;
    json::Writer out(json);
    WriteJson(out, snapshot);
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
