// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/codec/json_read.h"
#include "common/storage/collection/grave_table.h"

namespace ankisync::sync {

// {"cards":[…],"decks":[…],"notes":[…]}, all three required. Old clients send ids as texts in
// `start`, never elsewhere.
enum class GraveIds { kIntegers, kIntegersOrTexts };

// Errors: kMalformedRequest.
Graves ReadGraves(const json::Value& value, GraveIds ids);
inline std::size_t CountOf(const Graves& graves) {
  return graves.cards.size() + graves.decks.size() + graves.notes.size();
}

std::string WriteGraves(const Graves& graves);

}  // namespace ankisync::sync
