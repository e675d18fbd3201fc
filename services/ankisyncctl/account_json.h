// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/codec/json_writer.h"
#include "common/storage/accounts/accounts.h"

namespace ankisync::ctl {

// What every command says of an account, as members of an object that is open: name, id, folder,
// state, source, created.
json::Writer& WriteMembers(json::Writer& out, const Account& account);

}  // namespace ankisync::ctl
