// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ankisync {

// Bytes that are pulled. One thread at a time; not rewindable.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills the front of `into` and returns how many bytes that were; 0 only at the end (or for an
  // empty span).
  virtual std::size_t Read(std::span<char> into) = 0;

  // Length of the whole, where it is known before reading.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

// Bytes that are pushed. One thread at a time.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void Write(std::string_view bytes) = 0;
};

// A string that is read as a stream.
class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}

  std::size_t Read(std::span<char> into) override {
    const std::size_t count = std::string_view(text_).substr(read_).copy(into.data(), into.size());
    read_ += count;
    return count;
  }
  std::optional<std::uint64_t> size() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t read_ = 0;
};

}  // namespace ankisync
