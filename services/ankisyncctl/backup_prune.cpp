// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
#include "common/core/clock.h"
#include "common/storage/backup/prune_backups.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/snapshot_choice.h"

namespace ankisync::ctl {

Action DefineBackupPrune(CLI::App& command_line) {
  struct Options {
    std::string folder;
    RetentionRules rules;
  };
  const auto options = std::make_shared<Options>();
  const auto keep = [&](const char* name, int& number, const char* help) {
    command_line.add_option(name, number, help)
        ->check(CLI::Range(0, 10'000))
        ->capture_default_str();
  };
  command_line.add_option("DIR", options->folder, "A folder with backups")->required();
  keep("--all-days", options->rules.all_days, "For so many days every backup stays");
  keep("--daily-days", options->rules.daily_days, "then the first of each day");
  keep("--weekly-weeks", options->rules.weekly_weeks, "then the first of each week");
  keep("--monthly-months", options->rules.monthly_months, "then the first of each month");
  return [options](Context& context) {
    const BackupsPruned pruned =
        PruneBackups(options->folder, ToSeconds(SystemClock().Now()), options->rules);
    if (!context.as_json) {
      context.out << "removed " << CountText(static_cast<std::int64_t>(pruned.backups), "backup")
                  << " and " << CountText(static_cast<std::int64_t>(pruned.files), "file")
                  << " that no other needs\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("removed")
        .Int(pruned.backups)
        .Key("files")
        .Int(pruned.files)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
