// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "common/cells/cell_map.h"

namespace ankisync::sync {

// A login as it is passed on to the cell where the user lives.
struct PassedLogin {
  std::string user;
  std::string password;
  std::string client;          // as it calls itself
  std::string remote_address;  // of the client, which that cell believes if it trusts this proxy
  std::string from;            // this cell: a login that says so is not passed on again
};

// Asks other cells, by libcurl, which is loaded with the first of these. Threads: any but I/O
// threads, each of which waits for the answer.
class LoginRelay {
 public:
  struct Bounds {
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds whole{20'000};  // clients give up after 30 s
    int at_once_max = 8;  // a cell that does not answer leaves threads for this cell's own
  };

  LoginRelay() : LoginRelay(Bounds()) {}
  explicit LoginRelay(const Bounds& bounds);

  // The key that the other cell gave. Errors: kWrongCredentials when it refused; kUnavailable for
  // everything else.
  std::string Pass(const PassedLogin& login, const CellMap::Cell& to);

 private:
  const Bounds bounds_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace ankisync::sync
