// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "common/core/byte_stream.h"

namespace ankisync::sync {

// A file on its way to a client, which takes its time and may go away. Tells at its end, from
// whichever thread that comes, how much was taken and whether it was all.
class Delivery final : public ByteSource {
 public:
  using OnEnd = std::function<void(std::uint64_t bytes, bool is_whole)>;

  Delivery(std::unique_ptr<ByteSource> file, OnEnd on_end)
      : file_(std::move(file)), on_end_(std::move(on_end)) {}
  ~Delivery() override { on_end_(read_, is_whole_); }
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  std::size_t Read(std::span<char> into) override {
    const std::size_t count = file_->Read(into);
    read_ += count;
    is_whole_ = count == 0 || read_ == file_->size();
    return count;
  }
  std::optional<std::uint64_t> size() const override { return file_->size(); }

 private:
  std::unique_ptr<ByteSource> file_;
  const OnEnd on_end_;
  std::uint64_t read_ = 0;
  bool is_whole_ = false;
};

}  // namespace ankisync::sync
