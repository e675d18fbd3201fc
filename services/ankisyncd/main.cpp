// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/run.h"
#include "services/ankisyncd/adopt.h"
#include "services/media/serve_media.h"
#include "services/sync/serve_collections.h"

// Both services in one process: for one machine.
int main(int argc, char** argv) {
  using namespace ankisync;
  const auto install = [](Host& host) {
    Parts parts;
    parts.push_back(sync::ServeCollections(host));
    parts.push_back(media::ServeMedia(host));
    return parts;
  };
  return Run(Program::kAnkisyncd, argc, argv, install, AdoptOtherServer);
}
