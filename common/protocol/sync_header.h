// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync::protocol {

inline constexpr int kVersionMin = 8;
inline constexpr int kVersionMax = 11;  // zstd bodies, schema 18 files
inline constexpr int kVersionLegacy =
    10;  // what a multipart form counts as, whatever the client is

// The `anki-sync` header: {"v":11,"k":"<hkey>","c":"<client version>","s":"<skey>"}; all four
// required, others ignored. Errors: kMalformedRequest, also for a version below 8. One above 11 is
// a newer client's: it is framed like 11 as far as we can know, and told what to do.
struct SyncHeader {
  int version = 0;
  std::string hkey;    // "k"; empty before a login
  std::string client;  // "c"
  std::string skey;    // "s"; may hold punctuation
};

SyncHeader ParseSyncHeader(std::string_view value);

}  // namespace ankisync::protocol
