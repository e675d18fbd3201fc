// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "common/core/byte_stream.h"
#include "common/sqlite/connection.h"

// The bytes of a database that is in use, read without open(): a descriptor of our own, when
// closed, would drop the locks that SQLite holds on the file for the whole process.
namespace ankisync::sqlite {

// Moves the whole WAL into the file and empties it. False, at once, when a reader or writer stands
// in the way.
bool CheckpointAll(Connection& connection);

// Moves what it can without waiting for anybody.
void CheckpointPassively(Connection& connection);

// Writes a consistent copy of what is committed, while others may go on. The copy is closed and
// without side files.
void CopyDatabase(Connection& from, const std::filesystem::path& to);

// Of the pages that hold something, as the connection sees them: its own transaction, too.
std::int64_t UsedBytes(Connection& connection);

// A consistent image of `path`, read at leisure while others go on writing: a read transaction that
// began on an empty WAL pins the file, because no checkpoint may touch it until the transaction
// ends (writes gather in the WAL meanwhile). To be made right after CheckpointAll() succeeded and
// before anybody writes: the constructor refuses (kUnavailable) when the WAL is not empty.
class DatabaseImage final : public ByteSource {
 public:
  explicit DatabaseImage(const std::filesystem::path& path);
  ~DatabaseImage() override;

  std::size_t Read(std::span<char> into) override;
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  std::unique_ptr<Connection> reader_;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace ankisync::sqlite
