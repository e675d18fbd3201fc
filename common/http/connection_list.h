// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace ankisync::http {

class Connection;

// Every connection that exists, for those who look after all of them. It keeps none alive. Any
// thread.
class ConnectionList {
 public:
  void Add(Connection& connection);
  void Remove(Connection& connection);
  std::size_t size() const;
  std::vector<std::shared_ptr<Connection>> All() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Connection*> connections_;  // each knows its place
};

}  // namespace ankisync::http
