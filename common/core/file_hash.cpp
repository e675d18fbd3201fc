// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/core/file_hash.h"

#include <fcntl.h>

#include <memory>
#include <vector>

#include "common/core/files.h"

namespace ankisync {

Sha1Digest Sha1OfFile(const std::filesystem::path& path) {
  FileSource file(std::make_shared<const UniqueFd>(OpenFile(path, O_RDONLY)), 0,
                  std::filesystem::file_size(path));
  Sha1Hasher hasher;
  std::vector<char> buffer(256 * 1024);
  while (const std::size_t count = file.Read(buffer)) hasher.Update({buffer.data(), count});
  return hasher.Finish();
}

}  // namespace ankisync
