// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/markup.h"

#include <cstddef>

#include "common/storage/collection/text/html_keyword.h"

namespace ankisync {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// The next place of a keyword, for questions that go from left to right: all of them together read
// the text once, also when the keyword is not there.
class NextKeyword {
 public:
  NextKeyword(std::string_view text, std::string_view keyword) : text_(text), keyword_(keyword) {}

  // Behind the first one that begins at or after `from`; kNone when there is none.
  std::size_t EndAfter(std::size_t from) {
    if (!asked_ || from > begin_) Search(from);
    asked_ = true;
    return end_;
  }

 private:
  void Search(std::size_t from) {
    for (begin_ = from; (begin_ = text_.find(keyword_.front(), begin_)) != kNone; ++begin_) {
      if (const std::size_t size = MatchKeyword(text_, begin_, keyword_)) {
        end_ = begin_ + size;
        return;
      }
    }
    end_ = kNone;
  }

  std::string_view text_, keyword_;
  bool asked_ = false;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class MarkupFinder {
 public:
  explicit MarkupFinder(std::string_view html) : html_(html) {}

  // Behind the markup that begins with the '<' at `at`, kNone when it is just a '<'. Later calls
  // ask for later places.
  std::size_t EndOf(std::size_t at) {
    std::size_t end = kNone;
    if (const std::size_t size = MatchKeyword(html_, at, "<!--"))
      end = comment_end_.EndAfter(at + size);
    if (end == kNone) end = EndOfElement(at, "<style", style_end_);
    if (end == kNone) end = EndOfElement(at, "<script", script_end_);
    return end == kNone ? close_.EndAfter(at) : end;
  }

 private:
  std::size_t EndOfElement(std::size_t at, std::string_view open, NextKeyword& element_end) {
    if (MatchKeyword(html_, at, open) == 0) return kNone;
    const std::size_t content = close_.EndAfter(at);
    return content == kNone ? kNone : element_end.EndAfter(content);
  }

  std::string_view html_;
  NextKeyword close_{html_, ">"};
  NextKeyword comment_end_{html_, "-->"};
  NextKeyword style_end_{html_, "</style>"};
  NextKeyword script_end_{html_, "</script>"};
};

}  // namespace

std::string RemoveMarkup(std::string_view html) {
  std::string plain;
  MarkupFinder markup(html);
  std::size_t kept = 0;
  for (std::size_t at = html.find('<'); at != kNone; at = html.find('<', at)) {
    const std::size_t end = markup.EndOf(at);
    if (end == kNone) {
      ++at;
      continue;
    }
    plain.append(html, kept, at - kept);
    kept = at = end;
  }
  return plain.append(html, kept);
}

}  // namespace ankisync
