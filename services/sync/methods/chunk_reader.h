// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>

#include "common/core/byte_stream.h"
#include "services/sync/methods/chunk_entries.h"

namespace ankisync::sync {

// What a chunk's entries are handed to, each as soon as it was read.
struct ChunkSink {
  std::function<void(RevlogEntry)> revlog;
  std::function<void(CardEntry)> card;
  std::function<void(NoteEntry)> note;
};

// Reads {"chunk":{"done":…,"revlog":[[…]…],"cards":…,"notes":…}} as a stream: memory is one entry,
// however long the text. All members of the chunk may be missing; others are passed over. Errors:
// kMalformedRequest, and what the sink throws.
void ReadChunk(ByteSource& source, const ChunkSink& sink);

}  // namespace ankisync::sync
