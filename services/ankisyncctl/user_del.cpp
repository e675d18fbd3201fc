// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <optional>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/held_user.h"
#include "services/ankisyncctl/open_accounts.h"
#include "services/ankisyncctl/usage.h"

namespace ankisync::ctl {
namespace {

struct Options {
  std::string name;
  bool is_sure = false;
  bool purge = false;
  bool dry_run = false;
};

using Target = Accounts::Deleted;

// The account, and for a purge those of its name that were deleted before.
std::vector<Target> TargetsOf(const OpenAccounts& open, const Options& options) {
  std::vector<Target> targets;
  const auto account = open.accounts.Find(options.name);
  if (account) targets.push_back({account->id, account->name, account->folder});
  if (options.purge) {
    for (Target& deleted : open.accounts.ListDeleted()) {
      if (deleted.name == options.name) targets.push_back(std::move(deleted));
    }
  }
  if (targets.empty()) open.accounts.Get(options.name);  // throws what says so
  return targets;
}

std::string FolderOf(const Target& target) { return "collections/users/" + target.folder; }

std::string Described(const OpenAccounts& open, const Target& target) {
  const Usage usage = UsageOf(open.volume, target.folder);
  return FolderOf(target) + " (" + SizeText(usage.collection_bytes) + " of cards and notes, " +
         SizeText(usage.media_bytes) + " in " + std::to_string(usage.media_files) +
         " media files, and all snapshots)";
}

void AskWhetherSure(Context& context, const OpenAccounts& open, const Options& options,
                    const std::vector<Target>& targets) {
  std::string question = "Delete " + options.name + " and log its devices out?";
  if (options.purge) {
    question += " This removes for good:\n";
    for (const Target& target : targets) question += "  " + Described(open, target) + "\n";
    question += "To keep a copy answer no, and say first: ankisyncctl export colpkg " +
                options.name + " FILE. Remove it?";
  } else {
    question += " Its data stays in " + FolderOf(targets.front()) + ".";
  }
  if (!context.terminal.Confirm(question, "--yes"))
    throw SyncError(ErrorKind::kInconsistentData, "nothing was deleted");
}

// Again and again until it is done, should it be stopped on the way: the account is deleted first,
// and known as such until its folder has gone.
void Purge(OpenAccounts& open, const Target& target) {
  const HeldUser held(open, target.id, target.folder, "deletion", "Your account is being deleted.");
  const auto account = open.accounts.Find(target.name);
  if (account && account->id == target.id) open.accounts.Delete(target.name);
  std::error_code error;
  std::filesystem::remove_all(open.volume.root() / FolderOf(target), error);
  if (error) {
    throw SyncError(ErrorKind::kUnavailable, FolderOf(target) + " is not gone (" + error.message() +
                                                 "): say it once more, it goes on from here");
  }
  open.accounts.Forget(target.id);
}

void Report(Context& context, const OpenAccounts& open, const Options& options,
            const std::vector<Target>& targets) {
  const char* const did = options.dry_run ? "would delete " : "deleted ";
  if (!context.as_json) {
    context.out << did << options.name;
    if (!options.purge) context.out << "; its data stays in " << FolderOf(targets.front());
    context.out << "\n";
    for (const Target& target : targets) {
      if (!options.purge) break;
      context.out << "  for good: "
                  << (options.dry_run ? Described(open, target) : FolderOf(target)) << "\n";
    }
    return;
  }
  std::string json;
  json::Writer out(json);
  out.StartObject().Key(options.dry_run ? "would_delete" : "deleted").Text(options.name);
  out.Key(options.purge ? "removed" : "kept");
  if (options.purge) out.StartArray();
  for (const Target& target : targets) out.Text(FolderOf(target));
  if (options.purge) out.EndArray();
  out.EndObject();
  context.out << json << "\n";
}

}  // namespace

Action DefineUserDel(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "The account")->required();
  command_line.add_flag("--yes", options->is_sure, "Do not ask");
  command_line.add_flag("--purge", options->purge,
                        "Remove its data for good, also of accounts of that name that were deleted "
                        "before");
  command_line.add_flag("--dry-run", options->dry_run, "Only say what would be done");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    const std::vector<Target> targets = TargetsOf(open, *options);
    if (open.accounts.Find(options->name)) open.accounts.CheckDeletable(options->name);
    if (options->dry_run) return Report(context, open, *options, targets);
    if (!options->is_sure) AskWhetherSure(context, open, *options, targets);
    if (options->purge) {
      for (const Target& target : targets) Purge(open, target);
    } else {
      open.accounts.Delete(options->name);
    }
    Report(context, open, *options, targets);
  };
}

}  // namespace ankisync::ctl
