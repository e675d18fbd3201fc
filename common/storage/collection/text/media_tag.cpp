// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/media_tag.h"

#include <algorithm>
#include <array>

#include "common/storage/collection/text/html_keyword.h"
#include "common/storage/collection/text/word_character.h"

namespace ankisync {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

constexpr std::array<std::string_view, 5> kTags{"img", "audio", "video", "object", "source"};
constexpr std::array<std::string_view, 2> kAttributes{"src=", "data="};

// Behind the keyword that stands at `at`.
template <std::size_t N>
std::size_t Behind(const std::array<std::string_view, N>& keywords, std::string_view html,
                   std::size_t at) {
  for (const std::string_view keyword : keywords) {
    if (const std::size_t size = MatchKeyword(html, at, keyword)) return at + size;
  }
  return kNone;
}

}  // namespace

MediaTagFinder::MediaTagFinder(std::string_view html) : html_(html), last_close_(html.rfind('>')) {
  if (last_close_ == kNone) last_close_ = 0;
}

std::optional<MediaTag> MediaTagFinder::Next() {
  while ((at_ = Find('<', at_)) < last_close_) {
    const std::size_t begin = at_++;
    const std::size_t body = Behind(kTags, html_, at_);
    if (body == kNone || IsWordAt(html_, body)) continue;
    const std::size_t value = FindAttribute(body);
    if (value == kNone) continue;
    const MediaTag tag = TagOf(begin, value);
    at_ = tag.end;
    return tag;
  }
  return std::nullopt;
}

std::size_t MediaTagFinder::Find(char c, std::size_t from) {
  const std::size_t found = html_.find(c, from);
  steps_ += std::min(found, html_.size()) - std::min(from, html_.size()) + 1;
  return found;
}

// Where the value of the attribute begins that the pattern prefers for a tag whose body begins at
// `body`.
//
// Whether an attribute follows from a position within a body does not depend on how one came there,
// nor on the tag: a position that failed once has failed for all, and the pattern's backtracking
// becomes a depth-first search. It first walks on plainly to the next '>'. If that fails, it goes
// back to the quotes on that walk, the last one first, and takes the quoted text as one item. Of
// each kind only the last quote leads to anything new: behind the earlier ones' quoted text lies
// what was walked already.
std::size_t MediaTagFinder::FindAttribute(std::size_t body) {
  failed_.resize(html_.size());
  std::vector<std::size_t> quotes;
  std::size_t at = body;
  for (;;) {
    std::size_t last_double = kNone;
    std::size_t last_single = kNone;
    for (; at < last_close_ && html_[at] != '>' && !failed_[at]; ++at) {
      ++steps_;
      failed_[at] = true;
      const std::size_t value = Behind(kAttributes, html_, at);
      // What follows an attribute's '=' is a value unless it is '>' or no '>' comes later.
      if (value < last_close_ && html_[value] != '>' && !IsWordBefore(html_, at)) return value;
      if (html_[at] == '"') last_double = at;
      if (html_[at] == '\'') last_single = at;
    }
    for (const std::size_t quote :
         {std::min(last_double, last_single), std::max(last_double, last_single)}) {
      if (quote != kNone) quotes.push_back(quote);
    }
    do {
      if (quotes.empty()) return kNone;
      const std::size_t quote = quotes.back();
      quotes.pop_back();
      at = Find(html_[quote], quote + 1);
      if (at != kNone) ++at;
    } while (at >= last_close_ || failed_[at]);
  }
}

MediaTag MediaTagFinder::TagOf(std::size_t begin, std::size_t value) {
  const char quote = html_[value];
  if (quote == '"' || quote == '\'') {
    const std::size_t file = value + 1;
    const std::size_t close = Find(quote, file);
    if (close < last_close_ && close > file) {
      return {begin, Find('>', close) + 1, html_.substr(file, close - file)};
    }
  }
  const std::size_t file_end = html_.find_first_of(" >", value + 1);
  steps_ += file_end - value;
  return {begin, Find('>', file_end) + 1, html_.substr(value, file_end - value)};
}

}  // namespace ankisync
