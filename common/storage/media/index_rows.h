// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/sqlite/connection.h"
#include "common/storage/media/media_index.h"

// What reading and changing the index have in common.
namespace ankisync {

// Errors: kInternal for a blob that is no SHA-1.
Sha1Digest DigestFrom(std::string_view bytes);

// Columns sha1, crc32, size, from `column` on.
MediaContent ContentFrom(const sqlite::Cursor& row, int column);

MediaIndex::Totals ReadTotals(sqlite::Connection& db);

// One column: a content that a live row or the undo window refers to; more than once perhaps.
sqlite::Cursor ReadReferenced(sqlite::Connection& db);

}  // namespace ankisync
