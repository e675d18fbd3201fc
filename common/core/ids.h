// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <type_traits>

namespace ankisync {

// Ids and units are types of their own, so that a card's id cannot pass for a note's, nor seconds
// for milliseconds.
enum class NoteId : std::int64_t {};
enum class CardId : std::int64_t {};
enum class RevlogId : std::int64_t {};
enum class DeckId : std::int64_t {};
enum class NotetypeId : std::int64_t {};
enum class DeckConfigId : std::int64_t {};
enum class AccountId : std::int64_t {};
enum class DeviceId : std::int64_t {};

enum class UnixSeconds : std::int64_t {};  // note, card, deck … mtimes; crt; ts
enum class UnixMillis : std::int64_t {};   // col.mod, scm, ls; finish

// Update sequence number: on the server, the count of finished syncs; on a row, the count when it
// last changed. -1 is a client's mark for "not yet sent" and never valid in the server's copy.
enum class Usn : std::int32_t {};

template <typename E>
requires std::is_enum_v<E>
constexpr auto Raw(E value) { return static_cast<std::underlying_type_t<E>>(value); }

constexpr Usn Next(Usn usn) { return static_cast<Usn>(Raw(usn) + 1); }

constexpr UnixSeconds ToSeconds(UnixMillis millis) {
  return static_cast<UnixSeconds>(Raw(millis) / 1000);
}

}  // namespace ankisync
