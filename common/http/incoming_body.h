// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "common/http/application.h"
#include "common/http/budget.h"

namespace ankisync::http {

// Where bodies may go, and how much of them. One per server.
struct BodySpace {
  std::shared_ptr<Budget> memory;
  std::shared_ptr<Budget> spool;
  std::filesystem::path folder;
  std::size_t memory_bytes_max;  // of one body
};

// One request's body while it comes in: a string up to the bound and while the budget has room,
// else an unnamed file. What it takes of the budgets is given back with it; the file's part only
// when the last holder of the file lets it go. Spooling throws SyncError as common/core/files.h
// says. One thread at a time.
class IncomingBody {
 public:
  explicit IncomingBody(const BodySpace& space) : space_(space), memory_(space.memory) {}

  // Before it begins: this body may be larger in memory than others, while half of the budget is
  // free for those.
  void AllowInMemory(std::size_t bytes_max) { large_bytes_max_ = bytes_max; }

  // The length that the head states: its room is taken at once. False: there is none.
  bool Expect(std::uint64_t length);

  // False: no room.
  bool Append(std::string_view bytes);

  std::uint64_t size() const { return size_; }

  // The whole, once.
  Body Finish();

 private:
  struct Spool;

  bool FitsInMemory(std::uint64_t size);
  void BeginSpool();
  void WriteOut(std::string_view bytes);

  const BodySpace& space_;
  BudgetShare memory_;
  std::string text_;              // the body; once it is spooled, what was not yet written
  std::shared_ptr<Spool> spool_;  // null: in memory
  std::size_t write_bytes_ = 0;   // how much is gathered for one write
  std::size_t large_bytes_max_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace ankisync::http
