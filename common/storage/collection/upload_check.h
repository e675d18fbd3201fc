// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "common/core/ids.h"

namespace ankisync {

// What clients know to mean: the file is damaged.
inline constexpr char kUploadCorrupt[] =
    "Your upload was corrupt. Please use Check Database, or restore from backup.";

// Why an uploaded file is refused.
struct UploadRefusal {
  std::string sentence;  // for the person; the client shows it
  std::string detail;    // for the operator: which object, which step
};

// Makes an uploaded file a collection that this server can serve, or says why not. It must be a
// database whose integrity_check passes under our collation, of schema 18 or 11, with one row in
// `col`; one of schema 11, which clients before 2.1.57 send, is upgraded; then it must have every
// notetype, field, template, deck, preset and config value decodable. Triggers and views are
// dropped; the mark usn -1 in the eight tables that the sanity check looks at becomes 0 (Check
// Database could not mend either, and the person would be locked out).
//
// The file is the caller's alone and closed again, without WAL, when this returns. `over` is asked
// now and then; true gives up with kUnavailable. Errors: those of sqlite::Connection for our
// own trouble.
std::optional<UploadRefusal> CheckUpload(const std::filesystem::path& path, UnixMillis now,
                                         const std::function<bool()>& over = {});

}  // namespace ankisync
