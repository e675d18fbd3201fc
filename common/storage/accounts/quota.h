// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ankisync {

// How much of the server an account may fill. Nothing: no bound.
struct Quota {
  std::optional<std::int64_t> collection_bytes_max;
  std::optional<std::int64_t> media_bytes_max;
  std::optional<std::int64_t> media_files_max;

  bool operator==(const Quota&) const = default;
};

// How much it does. Of the collection: the pages in use, without what the file keeps for later.
struct Usage {
  std::int64_t collection_bytes = 0;
  std::int64_t media_bytes = 0;
  std::int64_t media_files = 0;
};

// A sentence for the person, with the numbers in it, for each bound of which nine tenths are used;
// empty without any.
std::string QuotaWarning(const Quota& quota, const Usage& usage);

// What is told when something was not taken.
std::string CollectionRefusal(std::int64_t bytes_max, std::int64_t bytes);
std::string MediaRefusal(const Quota& quota, const Usage& usage);

}  // namespace ankisync
