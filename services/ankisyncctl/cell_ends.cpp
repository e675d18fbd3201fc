// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/cell_ends.h"

#include "common/cells/volume_cell.h"
#include "common/core/error.h"

namespace ankisync::ctl {

OpenCell::OpenCell(const std::filesystem::path& data, const std::string& expected) : open(data) {
  const auto found = CellOf(open.volume);
  if (!found)
    throw SyncError(ErrorKind::kInconsistentData,
                    data.string() +
                        " is no cell's: its server makes it one when it starts with cells.map and "
                        "cells.self");
  if (!expected.empty() && *found != expected)
    throw SyncError(ErrorKind::kInconsistentData,
                    data.string() + " is that of cell " + *found + " and not of " + expected);
  name = *found;
}

void DefineCellsOption(CLI::App& command_line, std::filesystem::path& file) {
  command_line.add_option("--cells", file, "The file that says who lives in which cell")
      ->envname("ANKISYNCD_CELLS_MAP")
      ->type_name("FILE");
}

void PinUser(const std::filesystem::path& file, const Account& account, const std::string& new_name,
             const std::string& cell) {
  ChangeCellMap(
      file, [&](CellMap& map) { map.Place(account.id, new_name, cell, CellMap::Keep::kAlways); });
}

}  // namespace ankisync::ctl
