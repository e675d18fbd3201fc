// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync {

// cards.data in the form in which the reference stores and sends it, from whatever stands there:
//
//   {"pos":u32,"s":f32,"d":f32,"dr":f32,"decay":f32,"lrt":i64,"cd":"text"}
//
// in this order, each where it is valid; s and d only together, cd not when "" or "{}"; s with
// four decimals, d and decay with three, dr with two. "{}" for what is no JSON object (an array
// is read in the order above), has a known key twice or a cd that is no string.
//
// Unlike the reference it keeps unknown keys, behind the known ones and as they were written: they
// belong to clients that are newer than we are. Source: docs/protocol.md, 8.5.
std::string NormalisedCardData(std::string_view data);

}  // namespace ankisync
