// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

Action DefineDeviceLabel(CLI::App& command_line) {
  struct Options {
    std::int64_t id = 0;
    std::string label;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("ID", options->id, "As device list shows it")->required();
  command_line.add_option("LABEL", options->label, "Your word for it; \"\" for none")->required();
  return [options](Context& context) {
    OpenAccounts open(context.data);
    if (!open.devices.SetLabel(static_cast<DeviceId>(options->id), options->label)) {
      throw SyncError(ErrorKind::kInconsistentData,
                      "there is no device " + std::to_string(options->id));
    }
    if (!context.as_json) {
      context.out << "device " << options->id << " is labelled " << options->label << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("labelled")
        .Int(options->id)
        .Key("label")
        .Text(options->label)
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
