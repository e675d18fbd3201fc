// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/zstd_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

using Piece = std::function<void(std::string_view)>;

std::uint64_t ForEachPiece(ByteSource& source, const Piece& piece) {
  std::vector<char> buffer(kPieceBytes);
  std::uint64_t total = 0;
  while (const std::size_t count = source.Read(buffer)) {
    piece({buffer.data(), count});
    total += count;
  }
  return total;
}

std::unique_ptr<ByteSource> Open(const std::filesystem::path& path) {
  auto file = std::make_shared<const UniqueFd>(OpenFile(path, O_RDONLY));
  return std::make_unique<FileSource>(std::move(file), 0, std::filesystem::file_size(path));
}

// A file that goes again when what writes it fails.
void Fill(const std::filesystem::path& to, const std::function<void(int fd)>& write) {
  const UniqueFd fd = OpenFile(to, O_WRONLY | O_CREAT | O_EXCL);
  try {
    write(fd.get());
  } catch (...) {
    ::unlink(to.c_str());
    throw;
  }
}

// Reads all of a frame, which zstd compares with the hash in it.
void RequireWhole(const std::filesystem::path& frame, std::uint64_t content_bytes) {
  std::uint64_t found = 0;
  try {
    ZstdDecompressor plain(Open(frame), content_bytes);
    found = ForEachPiece(plain, [](std::string_view) {});
  } catch (const SyncError& error) {
    if (error.kind() == ErrorKind::kUnavailable) throw;
  }
  if (found != content_bytes)
    throw SyncError(ErrorKind::kInternal, frame.string() + " does not hold what was written");
}

}  // namespace

std::uint64_t CompressFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::uint64_t bytes = 0;
  Fill(to, [&](int fd) {
    ZstdCompressor compressed(Open(from), kArchiveZstdLevel, ZstdChecksum::kContent);
    bytes = ForEachPiece(compressed, [fd](std::string_view piece) { WriteAll(fd, piece); });
    SyncFile(fd);
    RequireWhole(to, std::filesystem::file_size(from));
  });
  return bytes;
}

void DecompressFile(const std::filesystem::path& from, const std::filesystem::path& to,
                    std::uint64_t bytes_max) {
  Fill(to, [&](int fd) {
    try {
      ZstdDecompressor plain(Open(from), bytes_max);
      ForEachPiece(plain, [fd](std::string_view piece) { WriteAll(fd, piece); });
    } catch (const SyncError& error) {
      const bool is_damaged =
          error.kind() == ErrorKind::kMalformedRequest || error.kind() == ErrorKind::kTooLarge;
      if (!is_damaged) throw;
      throw SyncError(ErrorKind::kInconsistentData, from.string() + " is damaged: " + error.what());
    }
  });
}

}  // namespace ankisync
