// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/protocol/framing.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  constexpr std::uint64_t kBytesMax = 1 << 20;
  const auto payload = protocol::DecodePayload(
      std::make_unique<StringSource>(std::string(reinterpret_cast<const char*>(data), size)),
      kBytesMax);
  try {
    ReadAll(*payload, kBytesMax);
  } catch (const SyncError& error) {
    if (error.kind() != ErrorKind::kMalformedRequest && error.kind() != ErrorKind::kTooLarge) throw;
  }
  return 0;
}
