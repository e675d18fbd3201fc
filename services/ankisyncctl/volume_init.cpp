// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_writer.h"
#include "common/storage/volume/volume.h"
#include "services/ankisyncctl/command.h"

namespace ankisync::ctl {

Action DefineVolumeInit(CLI::App&) {
  return [](Context& context) {
    const Volume volume(context.data, Volume::Create::kIfMissing);
    if (!context.as_json) {
      context.out << (volume.was_created() ? "made " : "there is already ")
                  << volume.root().string() << ", volume " << volume.id() << "\n";
      return;
    }
    std::string json;
    json::Writer(json)
        .StartObject()
        .Key("created")
        .Bool(volume.was_created())
        .Key("volume_id")
        .Text(volume.id())
        .EndObject();
    context.out << json << "\n";
  };
}

}  // namespace ankisync::ctl
