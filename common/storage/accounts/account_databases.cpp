// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/account_databases.h"

namespace ankisync {
namespace {

// Ids are random, so that an account keeps its own when it moves to another machine. A deleted
// account's row stays with its data and keeps its folder from being given to somebody else.
constexpr SharedDatabase::Schema kAuth{.application_id = 0x416B6941,  // "AkiA"
                                       .version = 1,
                                       .create = R"(
PRAGMA application_id = 0x416B6941;
PRAGMA user_version = 1;
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folder TEXT NOT NULL UNIQUE,
  folder_key TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL CHECK (source IN ('db', 'env')),
  in_environment INTEGER NOT NULL CHECK (in_environment IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleted')),
  password_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  collection_bytes_max INTEGER,
  media_bytes_max INTEGER,
  media_files_max INTEGER
) STRICT;
CREATE UNIQUE INDEX accounts_name ON accounts (name) WHERE state <> 'deleted';
CREATE VIEW live_accounts AS
  SELECT id, name, folder, source,
         CASE WHEN source = 'env' AND NOT in_environment THEN 'withdrawn' ELSE state END AS state,
         password_hash, created_ms, collection_bytes_max, media_bytes_max, media_files_max
  FROM accounts WHERE state <> 'deleted';
CREATE TABLE holds (
  generation INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER,
  reason TEXT NOT NULL,
  sentence TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX holds_reason ON holds (ifnull(account, 0), reason);
)"};

constexpr SharedDatabase::Schema kSession{.application_id = 0x416B6953,  // "AkiS"
                                          .version = 1,
                                          .create = R"(
PRAGMA application_id = 0x416B6953;
PRAGMA user_version = 1;
CREATE TABLE devices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_digest BLOB NOT NULL UNIQUE,
  account INTEGER NOT NULL,
  label TEXT NOT NULL,
  client TEXT NOT NULL,
  address TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;
CREATE INDEX devices_account ON devices (account);
)"};

SharedDatabase Open(const Volume& volume, const char* name, const SharedDatabase::Schema& schema) {
  return SharedDatabase(volume.root() / name, schema,
                        volume.holds_users() ? SharedDatabase::IfMissing::kRefuse
                                             : SharedDatabase::IfMissing::kCreate);
}

}  // namespace

SharedDatabase OpenAuthDatabase(const Volume& volume) { return Open(volume, "auth.db", kAuth); }

SharedDatabase OpenSessionDatabase(const Volume& volume) {
  return Open(volume, "session.db", kSession);
}

}  // namespace ankisync
