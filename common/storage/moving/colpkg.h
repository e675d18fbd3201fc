// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/moving/export_official.h"

// Anki's own backup of a whole collection with its media, a zip:
//
//   meta                 the version
//   collection.anki21b   version 3: the collection, zstd
//   collection.anki21    version 2: of schema 11, as it is; before that collection.anki2
//   media                names of the files: version 3 zstd protobuf, before that JSON {"0": name}
//   0, 1, …              the files; version 3: zstd each
namespace ankisync {

// Unpacks into an empty folder, which then is one that MoveIn can read. Files that no medium may be
// called like are left out. Errors: kMalformedRequest for what is no such package; kTooLarge for a
// collection of more than `collection_bytes_max` or a file of more than 100 MiB; those of
// core/files.h.
void UnpackColpkg(const std::filesystem::path& package, const std::filesystem::path& folder,
                  std::uint64_t collection_bytes_max);

// Writes one user's collection and media as a package of version 3, while servers run. `to` must
// not exist; `scratch` has room for a copy of the collection. Errors: kTooLarge from 4 GiB on,
// which is the format's bound; those of ExportOfficial().
Exported ExportColpkg(const std::filesystem::path& user_folder, const std::filesystem::path& to,
                      const std::filesystem::path& scratch, const Clock& clock, WorkerPool& disk);

}  // namespace ankisync
