// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/legacy_form_fuzz.h"

#include <algorithm>
#include <cstdlib>

#include "common/core/error.h"
#include "common/protocol/legacy_form.h"

namespace ankisync::protocol {
namespace {

constexpr char kBoundary[] = "b";

void Require(bool promise) {
  if (!promise) std::abort();
}

class UnevenSource final : public ByteSource {
 public:
  UnevenSource(std::string_view bytes, std::size_t piece_max)
      : left_(bytes), piece_max_(piece_max) {}

  std::size_t Read(std::span<char> into) override {
    piece_ = piece_ % piece_max_ + 1;
    const std::size_t count = left_.copy(into.data(), std::min(into.size(), piece_));
    left_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view left_;
  std::size_t piece_max_;
  std::size_t piece_ = 0;
};

// What was understood, as one text.
std::string Understood(std::string_view bytes, ByteSource& source) {
  try {
    const LegacyForm form = ReadLegacyForm(source, kBoundary);
    Require(form.data_offset <= bytes.size());
    Require(form.data_bytes <= bytes.size() - form.data_offset);
    const auto data = bytes.substr(form.data_offset, form.data_bytes);
    Require(data.find("\r\n--b") == std::string_view::npos);
    Require(form.data_offset == 0 ||
            bytes.substr(form.data_offset + form.data_bytes).starts_with("\r\n--b"));
    return form.hkey + '|' + form.skey + '|' + form.client_version.value_or("-") + '|' +
           (form.is_gzip ? "gzip " : "plain ") + std::string(data);
  } catch (const SyncError& error) {
    Require(error.kind() == ErrorKind::kMalformedRequest);
    return error.what();
  }
}

}  // namespace

void FuzzLegacyForm(std::string_view bytes) {
  StringSource whole{std::string(bytes)};
  const std::string expected = Understood(bytes, whole);
  for (const std::size_t piece_max : {1, 2, 7, 100}) {
    UnevenSource uneven(bytes, piece_max);
    Require(Understood(bytes, uneven) == expected);
  }
}

}  // namespace ankisync::protocol
