// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "services/ankisyncctl/doctor/outside/proxy.h"

namespace ankisync::doctor {

// What a proxy can get wrong.
enum class Mistake : std::uint8_t {
  kBodySize,       // bounds what is sent
  kChunks,         // wants to know a length before
  kStoresFirst,    // sends nothing on before it has all
  kCutsAnswers,    // loses the end of long ones
  kHeaderSize,     // bounds heads
  kRequestHead,    // drops `anki-sync`
  kAnswerHead,     // drops `anki-original-size`
  kMediaPath,      // sends /msync/ elsewhere
  kPath,           // changes paths
  kDoubledPath,    // does not know /sync/msync/
  kClientAddress,  // does not say, or lets the client say
  kTlsVersions,
};

// The lines to write or to take away for this proxy; where it is not known, what to look for.
std::string RemedyFor(Mistake mistake, Proxy proxy);

}  // namespace ankisync::doctor
