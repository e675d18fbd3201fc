// SPDX-License-Identifier: AGPL-3.0-or-later
// The body of applyChunk: a text is read or refused as malformed, nothing else.
#include "common/core/error.h"
#include "services/sync/methods/chunk_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  StringSource source(std::string(reinterpret_cast<const char*>(data), size));
  try {
    sync::ReadChunk(source, {.revlog = [](const RevlogEntry&) {},
                             .card = [](const CardEntry&) {},
                             .note = [](const NoteEntry&) {}});
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest) throw;
  }
  return 0;
}
