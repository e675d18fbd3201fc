// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <optional>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/accounts/holds.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {
namespace {

constexpr char kReason[] = "maintenance";
constexpr char kSentence[] = "This sync server is being maintained. Please try again later.";

// A server sees a hold within a second; a transfer that is under way ends first.
constexpr std::chrono::seconds kPatience{30};

struct Options {
  std::string user;  // empty: everybody
  std::string message = kSentence;
};

std::optional<AccountId> Whom(const OpenAccounts& open, const Options& options) {
  if (options.user.empty()) return std::nullopt;
  return open.accounts.Get(options.user).id;
}

// Those whose collection is still in use.
std::vector<std::string> StillBusy(const OpenAccounts& open, std::optional<AccountId> whom) {
  std::vector<std::string> busy;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (const Account& account : open.accounts.List()) {
    if (whom && *whom != account.id) continue;
    const auto folder = open.volume.root() / "collections" / "users" / account.folder;
    if (!std::filesystem::exists(folder / "lock")) continue;  // never in use
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (!FileLock::Acquire(folder / "lock", std::max(left, std::chrono::milliseconds(0))))
      busy.push_back(account.name);
  }
  return busy;
}

void ReportOn(Context& context, const Options& options, const std::vector<std::string>& busy) {
  if (!context.as_json) {
    context.out << "maintenance is on for " << (options.user.empty() ? "everybody" : options.user)
                << "; people read: " << options.message << "\n";
    for (const std::string& name : busy) context.out << "still in use: " << name << "\n";
    return;
  }
  std::string json;
  json::Writer out(json);
  out.StartObject().Key("maintenance").Text("on").Key("message").Text(options.message);
  out.Key("busy").StartArray();
  for (const std::string& name : busy) out.Text(name);
  out.EndArray().EndObject();
  context.out << json << "\n";
}

void DefineUser(CLI::App& command_line, Options& options) {
  command_line.add_option("--user", options.user, "For this account alone")->type_name("NAME");
}

}  // namespace

Action DefineMaintenanceOn(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  DefineUser(command_line, *options);
  command_line.add_option("--message", options->message, "What people read when they sync")
      ->type_name("TEXT");
  return [options](Context& context) {
    OpenAccounts open(context.data);
    const auto whom = Whom(open, *options);
    Holds(open.auth).Place(whom, kReason, options->message);
    ReportOn(context, *options, StillBusy(open, whom));
  };
}

Action DefineMaintenanceOff(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  DefineUser(command_line, *options);
  return [options](Context& context) {
    OpenAccounts open(context.data);
    if (!Holds(open.auth).Lift(Whom(open, *options), kReason)) {
      throw SyncError(ErrorKind::kInconsistentData,
                      "maintenance was not on for " +
                          (options->user.empty() ? std::string("everybody") : options->user));
    }
    context.out << (context.as_json ? "{\"maintenance\":\"off\"}\n" : "maintenance is off\n");
  };
}

Action DefineMaintenanceShow(CLI::App&) {
  return [](Context& context) {
    OpenAccounts open(context.data);
    std::string json;
    json::Writer out(json);
    out.StartArray();
    bool any = false;
    for (const Hold& hold : Holds(open.auth).List()) {
      std::string user;
      for (const Account& account : open.accounts.List()) {
        if (hold.account == account.id) user = account.name;
      }
      if (hold.account && user.empty()) continue;  // of one that was deleted
      any = true;
      if (!context.as_json) {
        context.out << (hold.account ? user : "everybody") << ": " << hold.reason << ": "
                    << hold.sentence << "\n";
      }
      out.StartObject().Key("user");
      if (hold.account) {
        out.Text(user);
      } else {
        out.Null();
      }
      out.Key("reason").Text(hold.reason).Key("sentence").Text(hold.sentence).EndObject();
    }
    out.EndArray();
    if (context.as_json) {
      context.out << json << "\n";
    } else if (!any) {
      context.out << "Nobody is held up.\n";
    }
  };
}

}  // namespace ankisync::ctl
