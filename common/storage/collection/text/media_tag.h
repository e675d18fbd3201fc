// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

// Tags that refer to a media file, as the reference's pattern finds them (Anki 25.02 and later):
//
//   "<" (img|audio|video|object|source) \b
//       ([^>] | "[^"]+?" | '[^']+?')+?
//       \b (src|data) =
//       ( "([^"]+?)" [^>]* >  |  '([^']+?)' [^>]* >  |  ([^>]+?) ( [ ] [^>]* > | > ) )
//
// leftmost, first alternative first, letter case ignored. A backtracking matcher needs exponential
// or quadratic time for hostile text; this one looks at every byte a bounded number of times.
//
// Source: docs/protocol.md, 8.6.
namespace ankisync {

struct MediaTag {
  std::size_t begin, end;  // bytes of the text
  std::string_view file;   // the attribute's value without quotes, entities as they stand
};

class MediaTagFinder {
 public:
  explicit MediaTagFinder(std::string_view html);  // which outlives the finder and its results

  // The next tag behind the last one; nothing when there is none.
  std::optional<MediaTag> Next();

  // Bytes looked at so far, each as often as it was looked at.
  std::size_t steps() const { return steps_; }

 private:
  std::size_t Find(char c, std::size_t from);
  std::size_t FindAttribute(std::size_t body);
  MediaTag TagOf(std::size_t begin, std::size_t value);

  std::string_view html_;
  std::size_t last_close_;  // the last '>': no tag reaches beyond
  std::size_t at_ = 0;
  std::vector<bool> failed_;
  std::size_t steps_ = 0;
};

}  // namespace ankisync
