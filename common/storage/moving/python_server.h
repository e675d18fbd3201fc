// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

#include "common/storage/moving/foreign_server.h"

// The Python servers (ankisyncd and its descendants) and anki-sync-server-rs, which took their
// layout over:
//
//   auth.db              auth(username, hash); in very old ones the column is `user`
//   session.db           session(hkey, skey, username, path); likewise
//   <data root>/<user>/  collection.anki2, media (foreign_media.h); with Cognito the folder is
//                        another name, the last part of the session's path
//
// Source: docs/other-servers.md.
namespace ankisync {

struct PythonServerFiles {
  std::filesystem::path data_root;
  std::filesystem::path auth_db;     // need not exist
  std::filesystem::path session_db;  // need not exist
};

// `scratch` is for copies of the databases. Errors: those of SourceDatabase; kInconsistentData for
// databases of another form.
ForeignServer ReadPythonServer(const PythonServerFiles& files,
                               const std::filesystem::path& scratch);

// anki-sync-server-rs under one root; since its version 1.0 a user's key is the password's hash.
ForeignServer ReadAnkisyncRs(const std::filesystem::path& root,
                             const std::filesystem::path& scratch);

}  // namespace ankisync
