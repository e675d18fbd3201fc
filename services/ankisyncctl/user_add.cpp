// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/cells/volume_cell.h"
#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/storage/accounts/password_hash.h"
#include "services/ankisyncctl/cell_ends.h"
#include "services/ankisyncctl/password_source.h"

namespace ankisync::ctl {
namespace {

const char* JsonWordOf(Accounts::Origin origin) {
  switch (origin) {
    case Accounts::Origin::kNew:
      return "new";
    case Accounts::Origin::kDeleted:
      return "deleted";
    case Accounts::Origin::kWithdrawn:
      return "environment";
  }
  return "";
}

const char* RemarkOn(Accounts::Origin origin) {
  switch (origin) {
    case Accounts::Origin::kNew:
      return "";
    case Accounts::Origin::kDeleted:
      return ": there was one of that name, and its data is back";
    case Accounts::Origin::kWithdrawn:
      return ": taken over from the environment, with its data and its devices";
  }
  return "";
}

void Report(Context& context, const Accounts::Added& added) {
  const Account& account = added.account;
  if (!context.as_json) {
    context.out << "added " << account.name << RemarkOn(added.origin) << "\n";
    return;
  }
  std::string json;
  json::Writer(json)
      .StartObject()
      .Key("added")
      .Text(account.name)
      .Key("id")
      .Int(Raw(account.id))
      .Key("folder")
      .Text(account.folder)
      .Key("was")
      .Text(JsonWordOf(added.origin))
      .EndObject();
  context.out << json << "\n";
}

// Where nobody would look for it, no account is made.
void CheckHome(const OpenAccounts& open, const std::filesystem::path& cells,
               const std::string& name) {
  const auto cell = CellOf(open.volume);
  if (!cell || cells.empty()) return;
  const std::string home = ReadCellMap(cells).HomeOfUser(name).name;
  if (home != *cell)
    throw SyncError(ErrorKind::kInconsistentData,
                    name + " belongs to cell " + home + ": add it there");
}

}  // namespace

Action DefineUserAdd(CLI::App& command_line) {
  struct Options {
    std::string name;
    PasswordSource password;
    std::filesystem::path cells;
  };
  const auto options = std::make_shared<Options>();
  command_line.add_option("NAME", options->name, "What the person types into Anki")->required();
  options->password.DefineOn(command_line);
  DefineCellsOption(command_line, options->cells);
  return [options](Context& context) {
    OpenAccounts open(context.data);
    open.accounts.CheckAddable(options->name);
    CheckHome(open, options->cells, options->name);
    const std::string password = options->password.Read(options->name, context.terminal);
    Report(context, open.accounts.Add(options->name, HashPassword(password, {})));
  };
}

}  // namespace ankisync::ctl
