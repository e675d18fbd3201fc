// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/error.h"
#include "common/core/worker_pool.h"
#include "common/http/application.h"
#include "common/http/budget.h"
#include "common/protocol/method.h"
#include "common/protocol/request.h"
#include "common/service/caller.h"
#include "common/service/client_addresses.h"
#include "common/service/mirror.h"
#include "common/service/strand_table.h"

// The client port's application: from a head to the method that it names, on the strand of the
// account that its key belongs to, and back. What it decides before a body is accepted: path,
// framing, key, hold, overload; of a form, whose keys are in the body, before anything else is done
// with it. And what `ankisyncctl doctor` asks (mirror.h).
namespace ankisync::service {

struct Bound {
  std::uint64_t received_bytes_max;  // as sent, i.e. compressed
  std::uint64_t decoded_bytes_max;
};

struct Limits {
  Bound json{std::uint64_t{64} << 20, std::uint64_t{64} << 20};
  Bound collection{std::uint64_t{3} << 30, std::uint64_t{3} << 30};
  Bound media_batch{std::uint64_t{256} << 20, std::uint64_t{256} << 20};
  // A form of an old client, and all forms of which it is not known yet whose they are: their keys
  // may stand behind the data.
  std::uint64_t form_bytes_max = std::uint64_t{1} << 30;
  std::uint64_t unknown_forms_bytes_max = std::uint64_t{4} << 30;
  std::size_t requests_in_progress_max = 1024;     // half of them without a key: logins and forms
  std::size_t requests_waiting_per_user_max = 16;  // from the head on; collection and media apart
  std::size_t logins_waiting_max = 64;
};

// One request that ended, for the log and the metrics.
struct RequestEvent {
  std::uint64_t request_id;
  const protocol::MethodInfo* method;  // nullptr: none recognised
  DeviceId device{};                   // 0: unknown
  std::string user;                    // empty: unknown
  std::string client;                  // as it calls itself
  std::string remote_address;          // behind trusted proxies: the client's
  int status;
  std::uint64_t body_bytes;
  std::chrono::steady_clock::duration duration;  // from the head's end to the answer's start
  std::optional<ErrorKind> refused;
  std::string error;       // for the operator; empty on success
  bool is_logged = false;  // the method told the log itself
};

// Told of every request that named a method, from whichever thread it is on.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void Started(const protocol::MethodInfo* method) = 0;
  // Of an answer's body, whole or a piece of it; also after the request ended.
  virtual void Sent(const protocol::MethodInfo* /*method*/, std::uint64_t /*bytes*/) {}
  virtual void Ended(const RequestEvent& event) = 0;
};

using Handler = std::function<protocol::Reply(protocol::Request&, const Caller&)>;

// A page for people or probes: /, /health. I/O thread: at once.
using Page = std::function<http::Answer(const http::RequestHead&)>;

// A page for a request that has no business where it is; nothing: it may have.
using StrayPage = std::function<std::optional<http::Answer>(const http::RequestHead&)>;

class Service final : public http::Application {
 public:
  // `work` runs the methods; `logins` the ones that need no key, so that password hashes never hold
  // up a sync.
  Service(WorkerPool& work, WorkerPool& logins, Authenticate authenticate, const Limits& limits,
          std::string base_path, Observer& observer, ClientAddresses addresses = {});

  // Before the server starts. `is_quick`: whether a request of this caller would be answered
  // without touching the disk, sooner than it is handed to another thread. It is asked on the
  // caller's strand, which may be an I/O thread then, and so the handler.
  using IsQuick = std::function<bool(const Caller&)>;
  void Serve(protocol::Method method, Handler handler, IsQuick is_quick = nullptr);
  void ServePage(std::string path, Page page);
  void ServeStrays(StrayPage page);

  // From now on only requests that carry an open session on are taken; others are told to come
  // back.
  void BeginDrain() { draining_ = true; }

  std::variant<http::Answer, http::Accepted> Admit(const http::RequestHead& head) override;

  // The strand on which an account's methods run, for work of our own that must not meet them.
  StrandTable& strands(protocol::Area area) {
    return area == protocol::Area::kCollection ? collection_strands_ : media_strands_;
  }

 private:
  class Call;
  class CallReceiver;

  bool Serves(protocol::Area area) const;
  const Bound& BoundFor(const protocol::MethodInfo& info) const;

  WorkerPool& work_;
  WorkerPool& logins_;
  StrandTable collection_strands_;
  StrandTable media_strands_;  // of their own: a long transfer of media holds up no sync
  Authenticate authenticate_;
  Limits limits_;
  std::string base_path_;
  Observer& observer_;
  const ClientAddresses addresses_;
  std::array<Handler, protocol::kMethods.size()> handlers_;
  std::array<IsQuick, protocol::kMethods.size()> is_quick_;
  std::vector<std::pair<std::string, Page>> pages_;
  StrayPage stray_page_;
  Mirror mirror_;
  std::shared_ptr<http::Budget> unknown_forms_;
  std::atomic<std::size_t> in_progress_ = 0;
  std::atomic<std::size_t> strangers_ = 0;  // of these, the ones of which no key is known yet
  std::atomic<bool> draining_ = false;
};

}  // namespace ankisync::service
