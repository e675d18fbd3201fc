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
#include "common/core/hash.h"

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

// Passes on what is read, and knows its hash.
class HashedSource final : public ByteSource {
 public:
  HashedSource(std::unique_ptr<ByteSource> inner, Sha1Hasher& hasher)
      : inner_(std::move(inner)), hasher_(hasher) {}

  std::size_t Read(std::span<char> into) override {
    const std::size_t count = inner_->Read(into);
    hasher_.Update({into.data(), count});
    return count;
  }

 private:
  std::unique_ptr<ByteSource> inner_;
  Sha1Hasher& hasher_;
};

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

}  // namespace

std::uint64_t CompressFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::uint64_t bytes = 0;
  Fill(to, [&](int fd) {
    Sha1Hasher original;
    ZstdCompressor compressed(std::make_unique<HashedSource>(Open(from), original),
                              kArchiveZstdLevel);
    bytes = ForEachPiece(compressed, [fd](std::string_view piece) { WriteAll(fd, piece); });
    SyncFile(fd);
    Sha1Hasher read_again;
    ZstdDecompressor plain(Open(to), std::numeric_limits<std::uint64_t>::max());
    ForEachPiece(plain, [&](std::string_view piece) { read_again.Update(piece); });
    if (original.Finish() != read_again.Finish())
      throw SyncError(ErrorKind::kInternal, to.string() + " does not hold what was written");
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
