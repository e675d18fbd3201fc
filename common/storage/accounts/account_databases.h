// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/storage/volume/shared_database.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// auth.db: who may log in, and what stands in the way of it for now.
//
//   accounts(id, name, folder, folder_key, source, in_environment, state, password_hash,
//   created_ms,
//            collection_bytes_max, media_bytes_max, media_files_max)
//   live_accounts: those that were not deleted, with the state as people see it
//   holds(generation, account, reason, sentence)
//
// session.db: which devices are logged in.
//
//   devices(id, key_digest, account, label, client, address, created_ms, last_used_ms, revoked_ms)
//
// Two files, because the second is written at every login and every minute. Where both are written,
// the order is auth before session, never the other way round while the first is held.
// Made when missing, unless the volume holds users: then they are lost (shared_database.h).
SharedDatabase OpenAuthDatabase(const Volume& volume);
SharedDatabase OpenSessionDatabase(const Volume& volume);

}  // namespace ankisync
