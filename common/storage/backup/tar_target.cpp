// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/tar_target.h"

#include <fcntl.h>

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/storage/backup/repository.h"

namespace ankisync {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kOctalMax = std::uint64_t{1} << 33;  // 11 octal digits

// The fields of a header that we use, by their offset.
constexpr std::size_t kName = 0;
constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kMode = 100;
constexpr std::size_t kOwner = 108;
constexpr std::size_t kGroup = 116;
constexpr std::size_t kSize = 124;
constexpr std::size_t kTime = 136;
constexpr std::size_t kChecksum = 148;
constexpr std::size_t kType = 156;
constexpr std::size_t kMagic = 257;

using Header = std::array<char, kBlock>;

void SetOctal(Header& header, std::size_t at, int digits, std::uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(number));
  std::string_view(text).copy(header.data() + at, static_cast<std::size_t>(digits));
}

// Beyond 8 GiB a binary number, as every tar of today reads it.
void SetSize(Header& header, std::uint64_t bytes) {
  if (bytes < kOctalMax) return SetOctal(header, kSize, 11, bytes);
  header[kSize] = '\x80';
  for (std::size_t i = 0; i < 8; ++i)
    header[kSize + 11 - i] = static_cast<char>(bytes >> (8 * i) & 0xFF);
}

std::string_view HeaderOf(const std::string& path, std::uint64_t bytes, Header& header) {
  if (path.size() > kNameBytes)
    throw SyncError(ErrorKind::kInternal, "too long for a tar archive: " + path);
  header.fill('\0');
  path.copy(header.data() + kName, kNameBytes);
  SetOctal(header, kMode, 7, 0600);
  SetOctal(header, kOwner, 7, 0);
  SetOctal(header, kGroup, 7, 0);
  SetSize(header, bytes);
  SetOctal(header, kTime, 11, 0);
  header[kType] = '0';
  std::string_view(
      "ustar\0"
      "00",
      8)
      .copy(header.data() + kMagic, 8);
  std::fill_n(header.begin() + kChecksum, 8, ' ');
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  SetOctal(header, kChecksum, 6, sum);
  header[kChecksum + 6] = '\0';
  return {header.data(), header.size()};
}

void Pad(int fd, std::uint64_t bytes) {
  WriteAll(fd, std::string((kBlock - bytes % kBlock) % kBlock, '\0'));
}

}  // namespace

TarTarget::TarTarget(int fd, std::filesystem::path work_folder)
    : fd_(fd), work_folder_(std::move(work_folder)) {
  PutText(kRepositoryMarker, kRepositoryMarkerText);
}

void TarTarget::Put(const std::string& path, const std::filesystem::path& file) {
  const std::uint64_t bytes = std::filesystem::file_size(file);
  FileSource source(std::make_shared<const UniqueFd>(OpenFile(file, O_RDONLY)), 0, bytes);
  Header header;
  WriteAll(fd_, HeaderOf(path, bytes, header));
  std::vector<char> buffer(256 * 1024);
  while (const std::size_t count = source.Read(buffer)) WriteAll(fd_, {buffer.data(), count});
  Pad(fd_, bytes);
  written_.insert(path);
}

void TarTarget::PutManifest(const std::string& path, std::string_view text) {
  PutText(path, text);
  WriteAll(fd_, std::string(2 * kBlock, '\0'));  // the end
}

void TarTarget::PutText(const std::string& path, std::string_view text) {
  Header header;
  WriteAll(fd_, HeaderOf(path, text.size(), header));
  WriteAll(fd_, text);
  Pad(fd_, text.size());
}

}  // namespace ankisync
