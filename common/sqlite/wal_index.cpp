// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/wal_index.h"

#include <sqlite3.h>

#include <atomic>
#include <bit>

namespace ankisync::sqlite {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr int kRegionBytes = 32 * 1024;
constexpr std::int64_t kFrameHeadBytes = 24;
// Words of the header.
constexpr int kPageSize = 3;  // in its upper half; 1 stands for 65536
constexpr int kFrames = 4;

std::uint32_t* IndexOf(Connection& connection) {
  sqlite3_file* file = nullptr;
  ::sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (!file || !file->pMethods || file->pMethods->iVersion < 2) return nullptr;
  void volatile* region = nullptr;
  constexpr int kAsItIs = 0;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, kAsItIs, &region) != SQLITE_OK) return nullptr;
  return static_cast<std::uint32_t*>(const_cast<void*>(region));
}

std::uint32_t Word(std::uint32_t* index, std::size_t place) {
  return std::atomic_ref(index[place]).load(std::memory_order_acquire);
}

}  // namespace

bool CommitWatch::HasChanged() {
  if (!index_) index_ = IndexOf(connection_);
  if (!index_) return true;
  // The first of two copies, the last to be written. While it is, it differs.
  decltype(seen_) now;
  for (std::size_t place = 0; place < now.size(); ++place) now[place] = Word(index_, place);
  const bool has_changed = now != seen_;
  seen_ = now;
  return has_changed;
}

std::int64_t WalBytes(Connection& connection) {
  std::uint32_t* const index = IndexOf(connection);
  if (!index) return 0;
  const std::int64_t page_bytes = Word(index, kPageSize) >> 16;
  return Word(index, kFrames) * ((page_bytes == 1 ? 65536 : page_bytes) + kFrameHeadBytes);
}

}  // namespace ankisync::sqlite
