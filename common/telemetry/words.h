// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "common/core/error.h"

// The small fixed sets of words that label metrics, and that log lines use for the same things.
namespace ankisync {

template <typename Enum>
inline constexpr std::array<std::string_view, 0> kWords{};  // each set below has its own

template <typename Enum>
constexpr std::string_view WordOf(Enum value) {
  return kWords<Enum>[static_cast<std::size_t>(value)];
}

enum class SyncKind { kNormal, kUpload, kDownload };
template <>
inline constexpr std::array<std::string_view, 3> kWords<SyncKind> = {"normal", "upload",
                                                                     "download"};

enum class SyncOutcome {
  kOk,
  kAborted,       // by the client
  kSuperseded,    // another device's sync, or the same device's next one, took over
  kIdle,          // silent for too long, rolled back
  kSanityFailed,  // the counts differ: the client has to sync in one direction
  kConflict,      // not ours to go on with: 409
  kRefused,       // an upload that is damaged, too large or no collection
  kError,         // our fault, or a request that makes no sense
};
template <>
inline constexpr std::array<std::string_view, 8> kWords<SyncOutcome> = {
    "ok", "aborted", "superseded", "idle", "sanity_failed", "conflict", "refused", "error"};

enum class Direction { kReceived, kSent };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Direction> = {"received", "sent"};

enum class ObjectKind {
  kCard,
  kNote,
  kRevlog,
  kGrave,
  kDeck,
  kDeckConfig,
  kNotetype,
  kTag,
  kConfig,
};
template <>
inline constexpr std::array<std::string_view, 9> kWords<ObjectKind> = {
    "card", "note", "revlog", "grave", "deck", "deck_config", "notetype", "tag", "config"};

// What a sanity check compares; kPending: rows of ours that wait to be sent to a server.
enum class SanityField { kCards, kNotes, kRevlog, kNotetypes, kDecks, kDeckConfigs, kPending };
template <>
inline constexpr std::array<std::string_view, 7> kWords<SanityField> = {
    "cards", "notes", "revlog", "notetypes", "decks", "deck_configs", "pending"};

// Why devices have to sync in one direction.
enum class OneWayReason {
  kSanityCheck,    // the device that counts other rows than the server
  kSchemaChanged,  // all others: one uploaded a collection of another schema time
};
template <>
inline constexpr std::array<std::string_view, 2> kWords<OneWayReason> = {"sanity_check",
                                                                         "schema_changed"};

enum class LoginResult { kOk, kWrongPassword, kUnknownUser, kDisabled, kThrottled };
template <>
inline constexpr std::array<std::string_view, 5> kWords<LoginResult> = {
    "ok", "wrong_password", "unknown_user", "disabled", "throttled"};

enum class MediaOperation {
  kAdded,
  kReplaced,
  kDeleted,
  kIdentical,
  kDownloaded,
  kWithdrawn,  // their content was found missing or damaged
  kCollected,  // contents, once the undo window had passed
};
template <>
inline constexpr std::array<std::string_view, 7> kWords<MediaOperation> = {
    "added", "replaced", "deleted", "identical", "downloaded", "withdrawn", "collected"};

enum class SnapshotReason { kUpload, kRestore, kDaily, kManual };
template <>
inline constexpr std::array<std::string_view, 4> kWords<SnapshotReason> = {"upload", "restore",
                                                                           "daily", "manual"};

// What an account has no room for.
enum class QuotaKind { kCollection, kMedia };
template <>
inline constexpr std::array<std::string_view, 2> kWords<QuotaKind> = {"collection", "media"};

// Which program a person syncs with, and the protocol that it speaks.
enum class ClientKind { kDesktop, kAnkiDroid, kAnkiMobile, kOther };
template <>
inline constexpr std::array<std::string_view, 4> kWords<ClientKind> = {"desktop", "ankidroid",
                                                                       "ankimobile", "other"};

enum class ClientProtocol { k8, k9, k10, k11, kNewer };
template <>
inline constexpr std::array<std::string_view, 5> kWords<ClientProtocol> = {"8", "9", "10", "11",
                                                                           "newer"};

// The first number of its version: the year since 2023, before that always 2.
enum class ClientMajor { k2, k23, k24, k25, k26, kNewer, kOther };
template <>
inline constexpr std::array<std::string_view, 7> kWords<ClientMajor> = {"2",  "23",    "24",   "25",
                                                                        "26", "newer", "other"};

enum class PoolName { kWork, kLogins };
template <>
inline constexpr std::array<std::string_view, 2> kWords<PoolName> = {"work", "logins"};

template <>
inline constexpr std::array<std::string_view, 8> kWords<ErrorKind> = {
    "malformed_request", "too_large",      "inconsistent_data", "wrong_credentials",
    "session_conflict",  "client_too_old", "unavailable",       "internal"};

}  // namespace ankisync
