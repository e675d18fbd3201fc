// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/ids.h"
#include "common/storage/accounts/quota.h"

namespace ankisync::service {

// Why an account is not served for now: disabled, moving, maintenance. Its devices keep their keys.
struct Hold {
  std::string sentence;  // for the person; shown by the client through `meta`
  // The data goes elsewhere, perhaps without what is written from now on.
  bool is_move = false;
};

// Whom a key belongs to. Values, taken at the request's head.
struct Caller {
  AccountId account{};
  DeviceId device{};
  std::string user;    // the account's name
  std::string folder;  // below collections/users/
  std::optional<Hold> hold;
  // The base address of another server, where this account lives: `meta` leads there, and `hold`
  // tells whoever does not follow. `folder` may be empty then.
  std::optional<std::string> elsewhere = {};
  Quota quota = {};
};

// Nothing: unknown or revoked. Called on I/O threads: quick, thread-safe. Errors: kUnavailable.
using Authenticate = std::function<std::optional<Caller>(std::string_view hkey)>;

}  // namespace ankisync::service
