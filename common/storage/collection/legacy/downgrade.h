// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>

namespace ankisync {

// Makes a copy of a collection, which nobody else has open, the file of schema 11 that clients
// before 2.1.57 download: notetypes, decks, presets, configuration and tags as JSON in `col`,
// rollback journal, no `unicase` anywhere. mod, scm and usn stay. The file is closed and without
// side files when this returns; it is not synced to the disk.
//
// What schema 11 has no place for is left out: which tags are collapsed, protobuf fields that we do
// not know. Errors: kInternal for a row that does not decode; those of sqlite::Connection.
// Source: docs/protocol.md, 8.7.1 and 8.7.2.
void DowngradeToSchema11(const std::filesystem::path& copy);

}  // namespace ankisync
