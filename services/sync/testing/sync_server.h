// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/core/temporary_folder.h"
#include "common/service/service.h"
#include "services/sync/methods/sync_service.h"
#include "services/sync/session/open_collections.h"
#include "services/sync/testing/scratch.h"

namespace ankisync::sync {

// What came back, as the method wrote it.
struct Answer {
  int status = 0;
  std::string text;
};

// The collection server without sockets: the real methods on the real service, over a volume that
// goes with it. Its clock stands still until it is told to move. Any key "<user>/<device number>"
// is good. A call returns when it was answered.
class SyncServer final : private service::Observer, private SyncObserver {
 public:
  static constexpr UnixMillis kNow{1'795'500'000'000};
  struct Settings {
    service::Limits limits;
    OpenSettings open;
    SyncMethodsSettings methods;
    UnixMillis now = kNow;
  };

  explicit SyncServer(const Settings& settings);
  SyncServer() : SyncServer(Settings()) {}
  ~SyncServer() override;

  // As it came, for what is read later.
  http::Answer Send(const std::string& method, const std::string& header, std::string body);
  http::Answer Send(const http::RequestHead& head, std::string body);
  static Answer Read(http::Answer answer);

  // The file becomes the user's collection as it stands, unchecked; nobody has it open.
  void Install(const std::string& user, const std::string& file);
  void Hold(const std::string& user, const std::string& sentence);
  void SetCollectionQuota(std::int64_t bytes_max);  // everybody's

  std::shared_ptr<Strand> StrandOf(const std::string& user);
  // Waits until everything that was posted for the user is done and its strand at rest.
  void Settle(const std::string& user);

  // What is committed: a row of JSON a row.
  std::vector<std::string> Rows(const std::string& user, sqlite::Sql sql) const;
  std::filesystem::path FolderOf(const std::string& user) const;

  ManualClock& clock() { return clock_; }
  OpenCollections& collections() { return collections_; }
  SyncMethods& methods() { return methods_; }
  std::vector<SyncEvent> events() const;
  std::vector<SanityField> differences() const;  // that sanity checks found
  std::vector<OneWayReason> forced() const;
  std::vector<std::string> refusals() const;  // of requests that no event told of
  int started() const { return started_; }    // syncs
  int quota_refusals() const { return quota_refusals_; }

 private:
  void Started(const protocol::MethodInfo*) override {}
  void Ended(const service::RequestEvent& event) override;

  void Started(SyncKind) override { ++started_; }
  void Ended(const SyncEvent& event) override;
  void OneWayForced(OneWayReason reason) override;
  void CountDiffers(SanityField field) override;
  void QuotaExceeded() override { ++quota_refusals_; }
  void Asked(std::string_view, int) override {}

  std::optional<service::Caller> Find(std::string_view hkey);
  static std::string LogIn(const Credentials& credentials);

  TemporaryFolder folder_{Scratch()};
  Volume volume_;
  ManualClock clock_;
  mutable std::mutex mutex_;
  std::map<std::string, AccountId, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> holds_;
  Quota quota_;
  std::vector<SyncEvent> events_;
  std::vector<SanityField> differences_;
  std::vector<OneWayReason> forced_;
  std::vector<std::string> refusals_;
  std::atomic<int> started_ = 0;
  std::atomic<int> quota_refusals_ = 0;

  // Its threads end before what they work on goes; see the destructor.
  std::unique_ptr<WorkerPool> work_ = std::make_unique<WorkerPool>(2);
  std::unique_ptr<WorkerPool> logins_ = std::make_unique<WorkerPool>(1);
  service::Service service_;
  OpenCollections collections_;
  SyncMethods methods_;
};

// One device of a user, and the attempt to sync that it is in the middle of.
class Device {
 public:
  explicit Device(SyncServer& server, const std::string& user = "ada", int number = 1)
      : Device(WithKey(server, user + '/' + std::to_string(number))) {}
  static Device WithKey(SyncServer& server, std::string hkey) {
    return Device(&server, std::move(hkey));
  }

  std::string skey = "a";
  int version = 11;

  Answer Call(const std::string& method, const std::string& json = "{}");
  Answer Upload(const std::string& file) { return Call("upload", file); }
  // The body as it is, compressed or not.
  http::Answer Send(const std::string& method, std::string body);

  Answer Meta() { return Call("meta", R"({"v":11,"cv":"x"})"); }
  Answer Start(int min_usn = 10, bool is_newer = false);
  Answer ApplyChunk(const std::string& chunk) {
    return Call("applyChunk", "{\"chunk\":" + chunk + '}');
  }
  Answer ApplyChanges(const std::string& changes = R"({"models":[],"decks":[[],[]],"tags":[]})") {
    return Call("applyChanges", "{\"changes\":" + changes + '}');
  }
  Answer Finish() { return Call("finish"); }

 private:
  Device(SyncServer* server, std::string hkey) : server_(server), hkey_(std::move(hkey)) {}

  SyncServer* server_;
  std::string hkey_;
};

}  // namespace ankisync::sync
