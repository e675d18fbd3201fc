// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ankisync {

// What another sync server keeps, as far as its files tell.
struct ForeignUser {
  std::string name;
  std::filesystem::path folder;    // with collection.anki2 and the media in it
  std::string password_hash;       // as storage/accounts stores them; empty: not known
  std::vector<std::string> hkeys;  // of devices that are logged in
};

struct ForeignServer {
  std::vector<ForeignUser> users;    // by name
  std::vector<std::string> remarks;  // what cannot be carried, a sentence each
};

}  // namespace ankisync
