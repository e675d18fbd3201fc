// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/sync_header.h"

#include "common/core/error.h"
#include "common/protocol/method.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  protocol::TargetOf(text, "/base");
  try {
    protocol::ParseSyncHeader(text);
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest) throw;
  }
  return 0;
}
