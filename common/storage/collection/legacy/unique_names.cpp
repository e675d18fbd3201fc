// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/legacy/unique_names.h"

#include "common/core/error.h"
#include "common/storage/collection/text/unicase.h"

namespace ankisync {
namespace {

constexpr int kNamesakesMax = 200;  // n of them cost n * n steps

}  // namespace

std::string UniqueNames::Take(std::string name) {
  // The suffixes are ASCII and fold to themselves.
  std::string folded = FoldUnicase(name);
  for (int namesakes = 0; !taken_.insert(folded).second; ++namesakes) {
    if (namesakes == kNamesakesMax)
      throw SyncError(ErrorKind::kInconsistentData, "too many objects of one name");
    name += suffix_;
    folded += suffix_;
  }
  return name;
}

}  // namespace ankisync
