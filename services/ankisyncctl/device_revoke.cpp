// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

Action DefineDeviceRevoke(CLI::App& command_line) {
  const auto ids = std::make_shared<std::vector<std::int64_t>>();
  command_line.add_option("ID", *ids, "As device list shows it; several at once")->required();
  return [ids](Context& context) {
    OpenAccounts open(context.data);
    for (const std::int64_t id : *ids) {
      if (!open.devices.Revoke(static_cast<DeviceId>(id))) {
        throw SyncError(ErrorKind::kInconsistentData,
                        "no device " + std::to_string(id) + " is logged in");
      }
      if (!context.as_json) context.out << "revoked device " << id << ": it must log in again\n";
    }
    if (!context.as_json) return;
    std::string json;
    json::Writer out(json);
    out.StartObject().Key("revoked").StartArray();
    for (const std::int64_t id : *ids) out.Int(id);
    out.EndArray().EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
