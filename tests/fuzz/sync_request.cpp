// SPDX-License-Identifier: AGPL-3.0-or-later
// Every method of /sync/ on the real service and a real collection: the first byte chooses the
// method, the rest is its JSON. Whatever it says, the answer is not trouble of ours.
#include <array>
#include <cstdlib>
#include <string>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync::sync;
  static constexpr std::array<const char*, 11> kMethods{
      "hostKey",    "meta",         "start",  "applyGraves", "applyChanges", "chunk",
      "applyChunk", "sanityCheck2", "finish", "abort",       "upload"};
  constexpr int kTroubleOfOurs = 500;
  static SyncServer server;
  static Device device(server);
  if (size == 0) return 0;
  const std::string method = kMethods[data[0] % kMethods.size()];
  if (method != "hostKey" && method != "meta" && method != "start") device.Start(0, true);
  const auto answer =
      device.Call(method, std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  if (answer.status >= kTroubleOfOurs && answer.status != 501) std::abort();
  device.Call("abort");
  return 0;
}
