// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <iomanip>
#include <optional>

#include "common/codec/json_writer.h"
#include "common/core/utc_text.h"
#include "services/ankisyncctl/account_json.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {
namespace {

struct Line {
  Account account;
  int devices = 0;
  std::optional<UnixMillis> last_used;
};

Line LineOf(const Devices& devices, Account account) {
  Line line{.account = std::move(account)};
  for (const Device& device : devices.List(line.account.id)) {
    line.devices += device.revoked ? 0 : 1;
    line.last_used = std::max(line.last_used, std::optional(device.last_used));
  }
  return line;
}

// The name comes last: its width on a terminal is nobody's business here.
void Print(std::ostream& out, const std::vector<Line>& lines) {
  if (lines.empty()) {
    out << "There are no accounts yet. Add one with: ankisyncctl user add NAME\n";
    return;
  }
  const auto print = [&out](auto state, auto source, auto devices, auto last_used, auto name) {
    out << std::left << std::setw(11) << state << std::setw(8) << source << std::setw(9) << devices
        << std::setw(22) << last_used << name << "\n";
  };
  print("STATE", "SOURCE", "DEVICES", "LAST USED", "NAME");
  for (const auto& [account, devices, last_used] : lines) {
    print(NameOf(account.state), NameOf(account.source), devices,
          last_used ? UtcText(*last_used) : "never", account.name);
  }
}

void PrintJson(std::ostream& out, const std::vector<Line>& lines) {
  std::string json;
  json::Writer writer(json);
  writer.StartArray();
  for (const auto& [account, devices, last_used] : lines) {
    writer.StartObject();
    WriteMembers(writer, account).Key("devices").Int(devices).Key("last_used");
    if (last_used) {
      writer.Text(UtcText(*last_used));
    } else {
      writer.Null();
    }
    writer.EndObject();
  }
  writer.EndArray();
  out << json << "\n";
}

}  // namespace

Action DefineUserList(CLI::App&) {
  return [](Context& context) {
    OpenAccounts open(context.data);
    std::vector<Line> lines;
    for (Account& account : open.accounts.List()) {
      lines.push_back(LineOf(open.devices, std::move(account)));
    }
    (context.as_json ? PrintJson : Print)(context.out, lines);
  };
}

}  // namespace ankisync::ctl
