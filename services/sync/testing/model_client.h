// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"

namespace ankisync::sync {

// A client's side of merging, as far as names go: what it does to its decks or notetypes with the
// answer to applyChanges. Rows are taken one by one; one whose name another row has gets a "+", as
// often as needed, and is then newer than what the server knows, without being marked as changed.
class ModelClient {
 public:
  enum class Kind { kDecks, kNotetypes };
  using Names = std::map<std::int64_t, std::string>;  // by id

  // `ahead`: of its clock.
  ModelClient(SyncServer& server, Kind kind, int number, std::chrono::seconds ahead = {});

  void Name(std::int64_t id, const std::string& name);  // a new object, or a new name for one
  void Sync();

  Names names() const;

 private:
  struct Object {
    std::string name;
    std::int64_t mtime = 0;
    bool is_pending = false;
  };

  std::string OwnChanges() const;
  void Take(std::int64_t id, const std::string& name, std::int64_t mtime);
  bool IsTaken(const std::string& name, std::int64_t by_other_than) const;
  std::int64_t now() const;

  SyncServer& server_;
  Device device_;
  Kind kind_;
  std::chrono::seconds ahead_;
  int usn_ = 10;
  std::map<std::int64_t, Object> objects_;
};

inline std::string NameOf(ModelClient::Kind kind) {
  return kind == ModelClient::Kind::kDecks ? "Decks" : "Notetypes";
}
inline void PrintTo(ModelClient::Kind kind, std::ostream* out) { *out << NameOf(kind); }

}  // namespace ankisync::sync
