// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/files.h"
#include "common/http/application.h"

namespace ankisync::http {
namespace {

class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(std::string_view text) : size_(text.size()), left_(text) {}

  std::size_t Read(std::span<char> into) override {
    const std::size_t count = left_.copy(into.data(), into.size());
    left_.remove_prefix(count);
    return count;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  const std::uint64_t size_;
  std::string_view left_;
};

}  // namespace

std::unique_ptr<ByteSource> Body::Open(std::uint64_t offset, std::uint64_t length) const {
  if (const std::string* text = in_memory()) {
    return std::make_unique<ViewSource>(std::string_view(*text).substr(offset, length));
  }
  return std::make_unique<FileSource>(std::get<1>(content_), offset, length);
}

}  // namespace ankisync::http
