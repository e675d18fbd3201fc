// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/core/clock.h"
#include "common/service/service.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/sync_observer.h"
#include "services/sync/methods/upload.h"
#include "services/sync/session/open_collections.h"

namespace ankisync::sync {

// What `meta` tells of the user's media.
struct MediaToTell {
  std::function<MediaSeen(const std::filesystem::path& user_folder)> get;
  std::function<bool(const std::filesystem::path& user_folder)>
      is_at_hand;  // get() need open nothing
};

struct SyncMethodsSettings {
  std::size_t chunk_bytes = std::size_t{2} << 20;  // of JSON, in one answer to `chunk`
  // An upload whose check takes longer is answered before it is done: clients wait for 30 s.
  std::chrono::milliseconds upload_check{20'000};
  UploadCheck check = CheckUpload;
};

// Puts the methods of /sync/ on a service. What it is given must outlive the service and the last
// answer.
class SyncMethods {
 public:
  SyncMethods(OpenCollections& collections, const Clock& clock, Login login, MediaToTell media,
              const SyncMethodsSettings& settings, SyncObserver& observer);
  ~SyncMethods();
  SyncMethods(const SyncMethods&) = delete;
  SyncMethods& operator=(const SyncMethods&) = delete;

  void ServeOn(service::Service& service);

  // Answers the uploads that are due. Called once a second or so by anybody.
  void AnswerLateUploads();
  bool IsCheckingUploads() const { return !uploads_.all().empty(); }
  // A server that stops waits for no check.
  void GiveUpUploads();

 private:
  using Step = std::function<Reply(Request&, UserCollection&, Session&)>;

  // A method of an open session.
  service::Handler Within(Step step);

  bool HasMetaAtHand(const service::Caller& caller);
  Reply ServeMeta(Request& request, const service::Caller& caller);
  Reply ServeStart(Request& request, const service::Caller& caller);
  Reply ServeSanityCheck(Request& request, const service::Caller& caller);
  Reply ServeFinish(Request& request, const service::Caller& caller);
  Reply ServeUpload(Request& request, const service::Caller& caller);
  Reply ServeDownload(Request& request, const service::Caller& caller);

  // An attempt that this request begins; one that ends.
  SyncEvent Begin(SyncKind kind, const Request& request, const service::Caller& caller);
  void End(SyncEvent attempt, SyncOutcome outcome, std::string reason);
  // Runs what the attempt depends on: when it fails, the attempt is over.
  template <typename Part>
  auto OrEnd(const SyncEvent& attempt, Request& request, Part&& part);

  // The sentence for the person, when it is refused.
  std::optional<std::string> Conclude(Upload& upload, UserCollection& user,
                                      const SyncEvent& attempt);

  std::shared_ptr<UserCollection> UserOf(const service::Caller& caller) {
    return collections_.Of(caller.account, caller.folder);
  }

  OpenCollections& collections_;
  const Clock& clock_;
  Login login_;
  MediaToTell media_;
  SyncMethodsSettings settings_;
  UploadsInProgress uploads_;
  SyncObserver& observer_;
};

}  // namespace ankisync::sync
