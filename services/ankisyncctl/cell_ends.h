// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "common/cells/cell_map.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/moving/account_move.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

namespace ankisync::ctl {

// The data folder of a cell. Errors: kInconsistentData when it is none, or not `expected`'s.
struct OpenCell {
  explicit OpenCell(const std::filesystem::path& data, const std::string& expected = "");

  MoveEnd end() { return {name, open.volume, open.accounts, open.devices, holds}; }

  OpenAccounts open;
  Holds holds{open.auth};
  std::string name;
};

// --cells FILE, or the servers' own variable.
void DefineCellsOption(CLI::App& command_line, std::filesystem::path& file);

// Has the file say that `account`, of which `cell`'s volume is the home, lives there whatever its
// keys and its name say. For a change of name, before it is made: keys keep the old one's bucket.
void PinUser(const std::filesystem::path& file, const Account& account, const std::string& new_name,
             const std::string& cell);

}  // namespace ankisync::ctl
