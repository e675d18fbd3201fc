// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/sqlite/connection.h"

// The schema-18 file, as clients write it and read it. Source: docs/protocol.md, 8.1 and 8.2.
namespace ankisync {

inline constexpr int kSchemaVersion = 18;
inline constexpr int kLegacySchemaVersion = 11;  // in full syncs with clients before 2.1.57

// To be called on every connection before the file is touched.
void AddUnicase(sqlite::Connection& db);

// Tables, indexes and the one row of `col`, in an empty database. Part of the caller's transaction.
void CreateSchema18(sqlite::Connection& db);

// The tables that schema 11 lacks, and graves, which it has in another form.
void CreateTablesSince11(sqlite::Connection& db);

// Whether every table of schema 18 is an ordinary table with the columns that clients expect, and
// nothing computed in it.
bool HasSchema18(sqlite::Connection& db);
bool HasSchema11(sqlite::Connection& db);  // never true of the same file

// Whether reading some row would compute something.
bool ComputesColumns(sqlite::Connection& db);

// Drops triggers, views and indexes that schema 18 does not have, which would run our queries' way
// and could take forever there, and makes indexes that it has and the file lacks. Errors:
// kInconsistentData when a unique one cannot be made.
void DropForeignObjects(sqlite::Connection& db);
void CreateMissingIndexes(sqlite::Connection& db);

}  // namespace ankisync
