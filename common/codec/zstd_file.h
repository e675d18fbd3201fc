// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

// A whole file as one zstd frame, for what is kept and read again much later.
// Threads: any. Errors: those of core/files.h.
namespace ankisync {

inline constexpr int kArchiveZstdLevel = 3;

// Makes `to`, which must not be there, and returns its length. It is synced, and was read again
// and found to hold what `from` does (else kInternal, and it is gone).
std::uint64_t CompressFile(const std::filesystem::path& from, const std::filesystem::path& to);

// Makes `to`, which must not be there. Not synced. Errors: kInconsistentData for a damaged frame or
// one that holds more than `bytes_max`; then `to` is gone.
void DecompressFile(const std::filesystem::path& from, const std::filesystem::path& to,
                    std::uint64_t bytes_max);

}  // namespace ankisync
