// SPDX-License-Identifier: AGPL-3.0-or-later
// An archive of media: its members are found and read, or it is refused as malformed.
#include <array>

#include "common/codec/spooled_bytes.h"
#include "common/codec/zip_reader.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  constexpr std::size_t kBytesMax = 1 << 20;
  if (size > kBytesMax) return 0;
  StringSource source(std::string(reinterpret_cast<const char*>(data), size));
  const SpooledBytes bytes(source, "", kBytesMax);
  const std::array<std::string, 4> names{"_meta", "0", "1", ""};
  try {
    const ZipReader zip(bytes);
    for (const auto& member : zip.Find(names)) {
      if (member && member->size <= kBytesMax) ReadAll(*zip.Open(*member), kBytesMax);
    }
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest) throw;
  }
  return 0;
}
