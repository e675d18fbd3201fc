// SPDX-License-Identifier: AGPL-3.0-or-later
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "common/core/files.h"
#include "common/process/run.h"
#include "services/media/serve_media.h"
#include "services/sync/serve_collections.h"

// For tests: ankisyncd, whose media uploads go wrong at a chosen step, once. ANKISYNC_FAULT is
// "<step> kill", or "<step> <errno>": what the system call there would fail with. Steps are those
// of common/storage/media/media_step.h, counted from 1 as they pass.
namespace {

ankisync::OnMediaStep FaultFrom(const char* text) {
  if (!text) return {};
  const std::string what(text);
  const int at = std::stoi(what);
  const std::string how = what.substr(what.find(' ') + 1);
  return [at, how, passed = std::make_shared<std::atomic<int>>(0)](ankisync::MediaStep) {
    if (++*passed != at) return;
    if (how == "kill") ::raise(SIGKILL);
    errno = std::stoi(how);
    ankisync::ThrowErrno("write", "a media file");
  };
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ankisync;
  return Run(Program::kAnkisyncd, argc, argv, [](Host& host) {
    Parts parts;
    parts.push_back(sync::ServeCollections(host));
    parts.push_back(media::ServeMedia(host, FaultFrom(std::getenv("ANKISYNC_FAULT"))));
    return parts;
  });
}
