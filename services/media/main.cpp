// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/run.h"
#include "services/media/serve_media.h"

int main(int argc, char** argv) {
  using namespace ankisync;
  return Run(Program::kMediaSync, argc, argv, [](Host& host) {
    Parts parts;
    parts.push_back(media::ServeMedia(host));
    return parts;
  });
}
