// SPDX-License-Identifier: AGPL-3.0-or-later
#include <iomanip>

#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {
namespace {

void Print(std::ostream& out, const std::vector<Snapshot>& all) {
  if (all.empty()) {
    out << "There are no snapshots yet. One is made before every full upload and restore, and once "
           "a day when something changed.\n";
    return;
  }
  const auto print = [&out](auto name, auto size, auto cards, auto notes, auto reviews, auto rest) {
    out << std::left << std::setw(26) << name << std::right << std::setw(11) << size << std::setw(9)
        << cards << std::setw(9) << notes << std::setw(10) << reviews << "  " << rest << "\n";
  };
  print("SNAPSHOT", "SIZE", "CARDS", "NOTES", "REVIEWS", "");
  for (const Snapshot& snapshot : all) {
    const bool is_damaged = snapshot.facts && !snapshot.facts->damage.empty();
    const std::string remark =
        std::string(snapshot.is_pinned ? "pinned " : "") + (is_damaged ? "damaged" : "");
    const auto count = [&snapshot](std::int64_t RowCounts::*which) {
      return snapshot.facts ? std::to_string(snapshot.facts->counts.*which) : "?";
    };
    print(snapshot.name, SizeText(snapshot.bytes), count(&RowCounts::cards),
          count(&RowCounts::notes), count(&RowCounts::revlog), remark);
  }
}

}  // namespace

Action DefineSnapshotList(CLI::App& command_line) {
  const auto user = std::make_shared<std::string>();
  command_line.add_option("USER", *user, "The account")->required();
  return [user](Context& context) {
    const UserSnapshots of(context.data, *user);
    const std::vector<Snapshot> all = of.snapshots.List();
    if (!context.as_json) {
      Print(context.out, all);
      return;
    }
    std::string json;
    json::Writer out(json);
    out.StartArray();
    for (const Snapshot& snapshot : all) WriteJson(out, snapshot);
    out.EndArray();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
