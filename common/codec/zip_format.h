// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The fixed parts of a zip archive; numbers are little-endian.
//
//   per member   local header (30) + name + extra, then its bytes
//   at the end   per member a directory entry (46) + name + extra + comment
//                end record (22) + comment
//
// Source: PKWARE APPNOTE.TXT 4.3. No zip64: our archives and bodies stay below 4 GiB.
namespace ankisync::zip {

inline constexpr std::uint32_t kLocalSignature = 0x04034b50;
inline constexpr std::uint32_t kEntrySignature = 0x02014b50;
inline constexpr std::uint32_t kEndSignature = 0x06054b50;

inline constexpr std::size_t kLocalBytes = 30;
inline constexpr std::size_t kEntryBytes = 46;
inline constexpr std::size_t kEndBytes = 22;
inline constexpr std::size_t kCommentBytesMax = 0xFFFF;

inline constexpr std::uint16_t kStored = 0;
inline constexpr std::uint16_t kDeflated = 8;
inline constexpr std::uint16_t kEncryptedFlag = 1;

inline std::uint16_t Get16(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  return static_cast<std::uint16_t>(byte(0) | byte(1) << 8);
}
inline std::uint32_t Get32(std::string_view bytes, std::size_t at) {
  return Get16(bytes, at) | static_cast<std::uint32_t>(Get16(bytes, at + 2)) << 16;
}

inline void Put16(std::string& out, std::uint16_t number) {
  out += {static_cast<char>(number), static_cast<char>(number >> 8)};
}
inline void Put32(std::string& out, std::uint32_t number) {
  Put16(out, static_cast<std::uint16_t>(number));
  Put16(out, static_cast<std::uint16_t>(number >> 16));
}

}  // namespace ankisync::zip
