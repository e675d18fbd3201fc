// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/device_lines.h"

#include <iomanip>

#include "common/core/utc_text.h"

namespace ankisync::ctl {

// What people chose comes last: its width on a terminal is nobody's business here.
void Print(std::ostream& out, const std::vector<DeviceLine>& lines) {
  if (lines.empty()) return;
  const auto print = [&out](auto id, auto created, auto used, auto address, auto client, auto who) {
    out << std::left << std::setw(6) << id << std::setw(22) << created << std::setw(22) << used
        << std::setw(17) << address << " " << std::setw(28) << client << " " << who << "\n";
  };
  print("ID", "CREATED", "LAST USED", "ADDRESS", "CLIENT", "USER");
  for (const auto& [user, device] : lines) {
    std::string who = user;
    if (!device.label.empty()) who += " (" + device.label + ")";
    if (device.revoked) who += ", revoked " + UtcText(*device.revoked);
    print(Raw(device.id), UtcText(device.created), UtcText(device.last_used),
          device.client.address.empty() ? "-" : device.client.address,
          device.client.version.empty() ? "-" : device.client.version, who);
  }
}

void Write(json::Writer& out, const std::vector<DeviceLine>& lines) {
  out.StartArray();
  for (const auto& [user, device] : lines) {
    out.StartObject()
        .Key("id")
        .Int(Raw(device.id))
        .Key("user")
        .Text(user)
        .Key("label")
        .Text(device.label)
        .Key("client")
        .Text(device.client.version)
        .Key("address")
        .Text(device.client.address)
        .Key("created")
        .Text(UtcText(device.created))
        .Key("last_used")
        .Text(UtcText(device.last_used))
        .Key("revoked");
    if (device.revoked) {
      out.Text(UtcText(*device.revoked));
    } else {
      out.Null();
    }
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace ankisync::ctl
