// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/run.h"
#include "services/sync/serve_collections.h"

int main(int argc, char** argv) {
  using namespace ankisync;
  return Run(Program::kCollectionSync, argc, argv, [](Host& host) {
    Parts parts;
    parts.push_back(sync::ServeCollections(host));
    return parts;
  });
}
