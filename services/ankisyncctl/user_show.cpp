// SPDX-License-Identifier: AGPL-3.0-or-later
#include <iomanip>
#include <memory>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/size_text.h"
#include "common/core/utc_text.h"
#include "common/storage/accounts/holds.h"
#include "services/ankisyncctl/account_json.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/device_lines.h"
#include "services/ankisyncctl/open_accounts.h"
#include "services/ankisyncctl/usage.h"

namespace ankisync::ctl {
namespace {

struct Shown {
  Account account;
  Usage usage;
  std::vector<Hold> holds;  // its own and everybody's
  std::vector<DeviceLine> devices;
};

Shown Gather(OpenAccounts& open, const std::string& name) {
  Shown shown{.account = open.accounts.Get(name)};
  shown.usage = UsageOf(open.volume, shown.account.folder);
  for (Hold& hold : Holds(open.auth).List()) {
    if (!hold.account || *hold.account == shown.account.id) shown.holds.push_back(std::move(hold));
  }
  for (Device& device : open.devices.List(shown.account.id)) {
    if (!device.revoked) shown.devices.push_back({shown.account.name, std::move(device)});
  }
  return shown;
}

void PrintText(std::ostream& out, const Shown& shown) {
  const auto& [account, usage, holds, devices] = shown;
  const auto line = [&out](const char* what, const std::string& is) {
    out << std::left << std::setw(13) << what << is << "\n";
  };
  line("Name", account.name);
  line("State", NameOf(account.state));
  line("Source", NameOf(account.source));
  line("Created", UtcText(account.created));
  line("Folder", "collections/users/" + account.folder);
  line("Collection", OfBound(usage.collection_bytes, account.quota.collection_bytes_max, SizeText));
  line("Media", OfBound(usage.media_bytes, account.quota.media_bytes_max, SizeText));
  line("Media files", OfBound(usage.media_files, account.quota.media_files_max, CountText));
  for (const Hold& hold : holds) line("On hold", hold.reason + ": " + hold.sentence);
  line("Devices", CountText(static_cast<std::int64_t>(devices.size())));
  if (!devices.empty()) out << "\n";
  Print(out, devices);
}

void PrintJson(std::ostream& out, const Shown& shown) {
  const auto& [account, usage, holds, devices] = shown;
  std::string json;
  json::Writer writer(json);
  writer.StartObject();
  WriteMembers(writer, account)
      .Key("collection_bytes")
      .Int(usage.collection_bytes)
      .Key("media_bytes")
      .Int(usage.media_bytes)
      .Key("media_files")
      .Int(usage.media_files)
      .Key("holds")
      .StartArray();
  for (const Hold& hold : holds) {
    writer.StartObject()
        .Key("reason")
        .Text(hold.reason)
        .Key("sentence")
        .Text(hold.sentence)
        .Key("everybody")
        .Bool(!hold.account)
        .EndObject();
  }
  writer.EndArray().Key("devices");
  Write(writer, devices);
  writer.EndObject();
  out << json << "\n";
}

}  // namespace

Action DefineUserShow(CLI::App& command_line) {
  const auto name = std::make_shared<std::string>();
  command_line.add_option("NAME", *name, "The account")->required();
  return [name](Context& context) {
    OpenAccounts open(context.data);
    (context.as_json ? PrintJson : PrintText)(context.out, Gather(open, *name));
  };
}

}  // namespace ankisync::ctl
