// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "common/core/byte_stream.h"

namespace ankisync {

// Tells how many bytes were read, each time some were.
class WatchedSource final : public ByteSource {
 public:
  WatchedSource(std::unique_ptr<ByteSource> source, std::function<void(std::size_t)> on_read)
      : source_(std::move(source)), on_read_(std::move(on_read)) {}

  std::size_t Read(std::span<char> into) override {
    const std::size_t count = source_->Read(into);
    on_read_(count);
    return count;
  }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::function<void(std::size_t)> on_read_;
};

}  // namespace ankisync
