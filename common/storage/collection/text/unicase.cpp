// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/unicase.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/codec/utf8.h"

namespace ankisync {
namespace {

// Every `step`-th code point from `first` to `last` folds to itself + `delta`.
struct FoldingRun {
  char32_t first, last;
  std::uint32_t step;
  std::int32_t delta;
};

struct LongFolding {
  char32_t from;
  std::array<char32_t, 3> to;  // 0: no more
};

#include "common/storage/collection/text/unicase_table.inc"

constexpr char LowerAscii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::array<char32_t, 3> Fold(char32_t c) noexcept {
  if (c < 0x80) return {static_cast<char32_t>(LowerAscii(static_cast<char>(c)))};
  const auto run = std::lower_bound(kFoldingRuns.begin(), kFoldingRuns.end(), c,
                                    [](const FoldingRun& r, char32_t x) { return r.last < x; });
  if (run != kFoldingRuns.end() && c >= run->first && (c - run->first) % run->step == 0) {
    return {static_cast<char32_t>(static_cast<std::int32_t>(c) + run->delta)};
  }
  const auto found = std::lower_bound(kLongFoldings.begin(), kLongFoldings.end(), c,
                                      [](const LongFolding& f, char32_t x) { return f.from < x; });
  if (found != kLongFoldings.end() && found->from == c) return found->to;
  return {c};
}

// The folded code points of a text, one after another.
class FoldedText {
 public:
  explicit FoldedText(std::string_view text) noexcept : text_(text) {}

  bool Next(char32_t& c) noexcept {
    if (given_ == folded_.size() || folded_[given_] == 0) {
      if (at_ == text_.size()) return false;
      const Utf8Character next = DecodeUtf8(text_, at_);
      at_ += next.size;
      folded_ = Fold(next.code_point);
      given_ = 0;
    }
    c = folded_[given_++];  // the first may be U+0000 itself
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::array<char32_t, 3> folded_{};
  std::size_t given_ = 3;
};

int Sign(std::uint64_t a, std::uint64_t b) noexcept { return (a > b) - (a < b); }

int CompareFolded(FoldedText a, FoldedText b) noexcept {
  for (;;) {
    char32_t x = 0;
    char32_t y = 0;
    const bool more_a = a.Next(x);
    const bool more_b = b.Next(y);
    if (!more_a || !more_b) return Sign(more_a, more_b);
    if (x != y) return Sign(x, y);
  }
}

}  // namespace

int CompareUnicase(std::string_view a, std::string_view b) noexcept {
  const std::size_t shorter = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shorter; ++i) {
    if (static_cast<unsigned char>(a[i] | b[i]) >= 0x80) {
      return CompareFolded(FoldedText(a.substr(i)), FoldedText(b.substr(i)));
    }
    const char x = LowerAscii(a[i]);
    const char y = LowerAscii(b[i]);
    if (x != y) return x < y ? -1 : 1;
  }
  return Sign(a.size(), b.size());
}

std::string FoldUnicase(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  FoldedText characters(text);
  for (char32_t c = 0; characters.Next(c);) AppendUtf8(folded, c);
  return folded;
}

}  // namespace ankisync
