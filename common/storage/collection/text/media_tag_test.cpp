// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/media_tag.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <random>

#include "common/storage/collection/text/html_keyword.h"
#include "common/storage/collection/text/test_vectors.h"
#include "common/storage/collection/text/word_character.h"

namespace ankisync {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// The pattern taken literally: a matcher that backtracks, with nothing remembered and nothing
// inferred.
class LiteralMatcher {
 public:
  explicit LiteralMatcher(std::string_view html) : html_(html) {}

  std::optional<MediaTag> At(std::size_t begin) const {
    if (html_[begin] != '<') return std::nullopt;
    for (const char* name : {"img", "audio", "video", "object", "source"}) {
      const std::size_t size = MatchKeyword(html_, begin + 1, name);
      if (size == 0 || IsWordAt(html_, begin + 1 + size)) continue;
      if (auto tag = Item(begin + 1 + size)) return MediaTag{begin, tag->end, tag->file};
    }
    return std::nullopt;
  }

 private:
  using Result = std::optional<MediaTag>;

  bool Is(std::size_t at, char c) const { return at < html_.size() && html_[at] == c; }

  Result Item(std::size_t at) const {
    if (at >= html_.size()) return std::nullopt;
    if (html_[at] != '>') {
      if (auto tag = ItemsOrAttribute(at + 1)) return tag;
    }
    for (const char quote : {'"', '\''}) {
      if (!Is(at, quote)) continue;
      const std::size_t close = html_.find(quote, at + 1);
      if (close == kNone || close == at + 1) continue;
      if (auto tag = ItemsOrAttribute(close + 1)) return tag;
    }
    return std::nullopt;
  }

  Result ItemsOrAttribute(std::size_t at) const {
    for (const char* attribute : {"src=", "data="}) {
      const std::size_t size = MatchKeyword(html_, at, attribute);
      if (size == 0 || IsWordBefore(html_, at)) continue;
      if (auto tag = Value(at + size)) return tag;
    }
    return Item(at);
  }

  Result Value(std::size_t at) const {
    for (const char quote : {'"', '\''}) {
      if (!Is(at, quote)) continue;
      const std::size_t close = html_.find(quote, at + 1);
      if (close == kNone || close == at + 1) continue;
      const std::size_t end = html_.find('>', close);
      if (end != kNone) return MediaTag{0, end + 1, html_.substr(at + 1, close - at - 1)};
    }
    for (std::size_t size = 1; at + size <= html_.size() && html_[at + size - 1] != '>'; ++size) {
      const std::string_view file = html_.substr(at, size);
      const std::size_t end = html_.find('>', at + size);
      if (Is(at + size, ' ') && end != kNone) return MediaTag{0, end + 1, file};
      if (Is(at + size, '>')) return MediaTag{0, at + size + 1, file};
    }
    return std::nullopt;
  }

  std::string_view html_;
};

std::string Marked(std::string_view html, const MediaTag& tag) {
  return std::to_string(tag.begin) + ".." + std::to_string(tag.end) + " " + std::string(tag.file) +
         " in " + std::string(html) + "\n";
}

std::string AllByLiteralMatcher(std::string_view html) {
  std::string all;
  for (std::size_t at = 0; at < html.size();) {
    const auto tag = LiteralMatcher(html).At(at);
    if (tag) all += Marked(html, *tag);
    at = tag ? tag->end : at + 1;
  }
  return all;
}

std::string AllByFinder(std::string_view html) {
  std::string all;
  MediaTagFinder finder(html);
  while (const auto tag = finder.Next()) all += Marked(html, *tag);
  EXPECT_LE(finder.steps(), 8 * html.size() + 8);
  return all;
}

TEST(MediaTag, IsWhatTheLiteralPatternMatchesInRandomText) {
  const std::vector<std::string> pieces{
      "<img", "<img ", "<ſource", " src=", "\"src=", "data=", " data", "=", "\"",
      "'",    ">",     " ",       "a",     "\"\"",   "''",    "é",     "<", "\">"};
  std::mt19937 random(20261124);
  std::uniform_int_distribution<std::size_t> piece(0, pieces.size() - 1);
  std::uniform_int_distribution<int> length(1, 18);
  int with_tags = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string html = i % 2 == 0 ? "<img" : "";
    for (int n = length(random); n > 0; --n) html += pieces[piece(random)];
    const std::string expected = AllByLiteralMatcher(html);
    ASSERT_EQ(AllByFinder(html), expected);
    with_tags += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(with_tags, 10'000);
}

struct Hostile {
  std::string name, head, repeated, tail;
};

void PrintTo(const Hostile& c, std::ostream* out) { *out << c.name; }

class HostileText : public testing::TestWithParam<Hostile> {};

TEST_P(HostileText, IsReadABoundedNumberOfTimes) {
  const Hostile& c = GetParam();
  for (const std::size_t size : {1'000, 2'000, 400'000}) {
    const std::string html = c.head + Repeated(c.repeated, size / c.repeated.size()) + c.tail;
    MediaTagFinder finder(html);
    while (finder.Next()) {
    }
    EXPECT_LE(finder.steps(), 8 * html.size() + 8) << html.size();
  }
}

INSTANTIATE_TEST_SUITE_P(
    MediaTag, HostileText,
    testing::Values(Hostile{"TagsThatNeverEnd", "", "<img ", ""},
                    Hostile{"TagsThatEndOnce", "", "<img ", ">"},
                    Hostile{"TagsWithoutAttribute", "", "<img x>", ""},
                    Hostile{"AttributesWithoutValue", "<img", " src=", ">"},
                    Hostile{"AttributesThatAreEmpty", "", "<img src=>", ">"},
                    Hostile{"ValuesWithoutClosingQuote", "", "<img src='a>", ""},
                    Hostile{"ValuesThatQuoteTheNextTag", "", "<img src=\"a>", ">"},
                    Hostile{"OneQuoteThenTags", "<img '", "<img \">", ">"},
                    Hostile{"DoubleQuotes", "<img ", "\"", ">"},
                    Hostile{"DoubleQuotesAcrossTags", "<img ", "\">", ">"},
                    Hostile{"EmptyQuotes", "<img ", "\"\">", ">"},
                    Hostile{"BothQuotesAcrossTags", "<img ", "\"'>", ">"},
                    Hostile{"CrossedQuotesAcrossTags", "<img ", "\"x>'y>\"z>'", ">"},
                    Hostile{"QuotedTags", "", "<img \"<img '>", ">"},
                    Hostile{"QuotesThatCloseLate", "", "<img 'x\">", "'\">"},
                    Hostile{"MarksBeforeAttributes", "<img ", "\u0301src=", ">"},
                    Hostile{"BytesThatAreNoText", "<img ", "\x80src=", ">"},
                    Hostile{"LessThanSigns", "", "<", ">"}),
    [](const auto& hostile) { return hostile.param.name; });

}  // namespace
}  // namespace ankisync
