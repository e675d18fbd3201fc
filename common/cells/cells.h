// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/cells/cell_map.h"
#include "common/storage/accounts/authenticator.h"

namespace ankisync {

// Where a request belongs, as one cell sees it. What this cell's own volume says goes before the
// file: an account that is here and that no move holds is served here, one that a move holds is
// served by nobody. So a file that is wrong, or differs between cells for a moment, sends people
// around, but never makes two cells serve one of them, and never logs one out. Threads: any.
class Cells {
 public:
  // Errors: those of ReadCellMap(); kInconsistentData when `self` is no cell of the file.
  Cells(std::filesystem::path file, std::string self);

  const std::string& self() const { return self_; }
  std::shared_ptr<const CellMap> map() const;

  // Reads the file when it is another one than before. True: it was. Errors: as above, with what
  // was read before still in force.
  bool Reload();

  // The cell to which a request with this key is sent; nothing: it is for this cell to answer.
  // `known`: what the volume knows of the key.
  std::optional<CellMap::Cell> Elsewhere(std::string_view hkey, const Identity* known) const;

  // The same for a login. `is_here`: the volume has an account of that name, `move`: which a move
  // holds. Errors: kUnavailable while it is served by nobody.
  std::optional<CellMap::Cell> ElsewhereToLogin(std::string_view user_name, bool is_here,
                                                const std::optional<MoveHold>& move) const;

 private:
  struct Stamp {
    ino_t inode = 0;
    timespec changed{};
    off_t bytes = 0;
  };
  Stamp StampOf() const;
  std::shared_ptr<const CellMap> Read() const;
  std::optional<CellMap::Cell> UnlessSelf(const CellMap::Cell& home) const;

  const std::filesystem::path file_;
  const std::string self_;
  Stamp stamp_;  // of whoever calls Reload()
  mutable std::mutex mutex_;
  std::shared_ptr<const CellMap> map_;
};

// For the person whose client knows no redirect.
std::string SentenceFor(const CellMap::Cell& home);

}  // namespace ankisync
