// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/volume/volume.h"
#include "services/ankisyncctl/command.h"

namespace ankisync::ctl {

Action DefineVolumeInit(CLI::App& command_line) {
  const auto expected = std::make_shared<std::string>();
  command_line
      .add_option("--expect", *expected,
                  "Make nothing: the folder must be the volume with this id already")
      ->type_name("ID");
  return [expected](Context& context) {
    const Volume volume(context.data,
                        expected->empty() ? Volume::Create::kIfMissing : Volume::Create::kNever);
    if (!expected->empty() && volume.id() != *expected) {
      throw SyncError(ErrorKind::kUnavailable,
                      volume.root().string() + " is volume " + volume.id() + ", not " + *expected);
    }
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
