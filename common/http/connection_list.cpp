// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/connection_list.h"

#include "common/http/connection.h"

namespace ankisync::http {

void ConnectionList::Add(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connection.place_in_list = connections_.size();
  connections_.push_back(&connection);
}

void ConnectionList::Remove(Connection& connection) {
  const std::lock_guard lock(mutex_);
  Connection* const last = connections_.back();
  connections_[connection.place_in_list] = last;
  last->place_in_list = connection.place_in_list;
  connections_.pop_back();
}

std::size_t ConnectionList::size() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

std::vector<std::shared_ptr<Connection>> ConnectionList::All() const {
  std::vector<std::shared_ptr<Connection>> all;
  const std::lock_guard lock(mutex_);
  all.reserve(connections_.size());
  for (Connection* const connection : connections_) {
    if (auto shared = connection->weak_from_this().lock()) all.push_back(std::move(shared));
  }
  return all;
}

}  // namespace ankisync::http
