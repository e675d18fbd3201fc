// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "common/core/clock.h"
#include "common/service/service.h"
#include "common/telemetry/words.h"
#include "services/sync/methods/methods.h"
#include "services/sync/session/open_collections.h"

namespace ankisync::sync {

// One attempt to sync that ended, for the log and the metrics.
struct SyncEvent {
  SyncKind kind;
  std::string user;
  std::string client;
  SyncOutcome outcome;
  std::string reason;  // for the operator; empty when all went well
  Traffic traffic;     // objects, of a normal sync
};

// What `meta` tells of the user's media.
struct MediaToTell {
  std::function<MediaSeen(const std::filesystem::path& user_folder)> get;
  std::function<bool(const std::filesystem::path& user_folder)>
      is_at_hand;  // get() need open nothing
};

struct SyncMethodsSettings {
  std::size_t chunk_bytes = std::size_t{2} << 20;  // of JSON, in one answer to `chunk`
};

// Puts the methods of /sync/ on a service. What it is given must outlive the service.
class SyncMethods {
 public:
  SyncMethods(OpenCollections& collections, const Clock& clock, Login login, MediaToTell media,
              const SyncMethodsSettings& settings, std::function<void(const SyncEvent&)> on_sync);
  ~SyncMethods();
  SyncMethods(const SyncMethods&) = delete;
  SyncMethods& operator=(const SyncMethods&) = delete;

  void ServeOn(service::Service& service);

 private:
  using Step = std::function<Reply(Request&, UserCollection&, Session&)>;

  // A method of an open session.
  service::Handler Within(Step step);

  bool HasMetaAtHand(const service::Caller& caller);
  Reply ServeStart(Request& request, const service::Caller& caller);
  Reply ServeSanityCheck(Request& request, const service::Caller& caller);
  Reply ServeFinish(Request& request, const service::Caller& caller);

  // A full sync in either direction: one call, and the attempt ends with it.
  template <typename Part>
  Reply ServeFull(SyncKind kind, const Request& request, const service::Caller& caller,
                  Part&& part);

  std::shared_ptr<UserCollection> UserOf(const service::Caller& caller) {
    return collections_.Of(caller.account, caller.folder);
  }

  OpenCollections& collections_;
  const Clock& clock_;
  Login login_;
  MediaToTell media_;
  SyncMethodsSettings settings_;
  std::function<void(const SyncEvent&)> on_sync_;
};

}  // namespace ankisync::sync
