// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/text/strip.h"

#include <cstddef>

#include "common/core/hash.h"
#include "common/storage/collection/text/html_entities.h"
#include "common/storage/collection/text/markup.h"
#include "common/storage/collection/text/media_tag.h"

namespace ankisync {
namespace {

std::string KeepMediaNames(std::string_view html) {
  std::string named;
  MediaTagFinder tags(html);
  std::size_t kept = 0;
  while (const auto tag = tags.Next()) {
    named.append(html, kept, tag->begin - kept) += ' ';
    named.append(tag->file) += ' ';
    kept = tag->end;
  }
  return named.append(html, kept);
}

}  // namespace

std::string StripField(std::string_view html) {
  if (html.find_first_of("<&") == html.npos) return std::string(html);
  return DecodeEntities(RemoveMarkup(KeepMediaNames(html)));
}

std::uint32_t FieldChecksum(std::string_view stripped) {
  const Sha1Digest digest = Sha1(stripped);
  std::uint32_t checksum = 0;
  for (std::size_t i = 0; i < 4; ++i) checksum = checksum << 8 | digest[i];
  return checksum;
}

}  // namespace ankisync
