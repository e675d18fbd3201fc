// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/incoming_body.h"

#include <utility>

#include "common/core/files.h"

namespace ankisync::http {
namespace {

// Reads come in 4 KB; fewer, larger writes cost a third of the time.
constexpr std::size_t kSpoolWriteBytes = 64 * 1024;

}  // namespace

struct IncomingBody::Spool {
  UniqueFd file;
  BudgetShare share;
};

bool IncomingBody::Expect(std::uint64_t length) {
  if (FitsInMemory(length)) {
    text_.reserve(static_cast<std::size_t>(length));
    return true;
  }
  BeginSpool();
  return spool_->share.GrowTo(length);
}

bool IncomingBody::Append(std::string_view bytes) {
  const std::uint64_t size = size_ + bytes.size();
  if (!spool_ && !FitsInMemory(size)) BeginSpool();
  if (spool_) {
    if (!spool_->share.GrowTo(size)) return false;
    WriteOut(bytes);
  } else {
    // A large one gets all its room at once: growing would copy it again and again.
    if (size > space_.memory_bytes_max) text_.reserve(large_bytes_max_);
    text_ += bytes;
  }
  size_ = size;
  return true;
}

Body IncomingBody::Finish() {
  if (!spool_) return Body(std::move(text_));
  WriteAll(spool_->file.get(), text_);
  text_ = {};
  memory_.Release();
  return Body(std::shared_ptr<const UniqueFd>(spool_, &spool_->file), size_);
}

bool IncomingBody::FitsInMemory(std::uint64_t size) {
  const bool may = size <= space_.memory_bytes_max ||
                   (size <= large_bytes_max_ && !space_.memory->is_half_taken());
  return may && memory_.GrowTo(size);
}

void IncomingBody::BeginSpool() {
  spool_.reset(new Spool{OpenUnnamedFile(space_.folder), BudgetShare(space_.spool)});
  if (!spool_->share.GrowTo(size_)) return;  // the caller asks for more than that, and hears of it
  WriteAll(spool_->file.get(), text_);
  text_ = {};
  memory_.Release();
  write_bytes_ = memory_.GrowTo(kSpoolWriteBytes) ? kSpoolWriteBytes : 0;
}

void IncomingBody::WriteOut(std::string_view bytes) {
  if (text_.size() + bytes.size() > write_bytes_ && !text_.empty()) {
    WriteAll(spool_->file.get(), text_);
    text_.clear();
  }
  if (bytes.size() >= write_bytes_) {
    WriteAll(spool_->file.get(), bytes);
  } else {
    if (text_.capacity() == 0) text_.reserve(write_bytes_);
    text_ += bytes;
  }
}

}  // namespace ankisync::http
