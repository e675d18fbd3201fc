// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "common/core/error.h"
#include "common/http/connection.h"
#include "common/http/descriptors.h"

// Last: it defines macros with everyday names.
#include <pistache/endpoint.h>
#include <pistache/peer.h>

namespace ankisync::http {
namespace {

namespace ps = Pistache;
using Clock = std::chrono::steady_clock;

constexpr const char* kConnectionKey = "connection";
constexpr const char* kNudgeAddress = "0.0.0.0";
constexpr int kNudgesWaitingMax = 16;
constexpr auto kNever = std::chrono::hours(24 * 365 * 100);

class Handler;

// What the handlers of all I/O threads share.
struct Shared {
  std::shared_ptr<Edge> edge;
  DescriptorPlan descriptors;
  std::shared_ptr<ps::Http::RequestParser> idle_parser =
      std::make_shared<ps::Http::RequestParser>(1);
  std::atomic<bool> refusing{false};
  std::atomic<std::size_t> peers{0};
  std::mutex mutex{};  // over `handlers`
  std::vector<Handler*> handlers{};
};

// One per I/O thread, cloned from the first, which only serves as the mould.
class Handler final : public ps::Http::Handler {
 public:
  explicit Handler(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  std::shared_ptr<ps::Tcp::Handler> clone() const override {
    auto copy = std::make_shared<Handler>(shared_);
    const std::lock_guard lock(shared_->mutex);
    shared_->handlers.push_back(copy.get());
    return copy;
  }

  void onRequest(const ps::Http::Request&, ps::Http::ResponseWriter) override {}  // never reached

  // Any thread.
  void Nudge();
  Clock::duration Silence() const { return Clock::now().time_since_epoch() - last_seen_.load(); }

 private:
  void onConnection(const std::shared_ptr<ps::Tcp::Peer>& peer) override;
  void onInput(const char* data, std::size_t size,
               const std::shared_ptr<ps::Tcp::Peer>& peer) override;
  void onDisconnection(const std::shared_ptr<ps::Tcp::Peer>& peer) override;

  static std::shared_ptr<Connection> ConnectionOf(const ps::Tcp::Peer& peer) {
    return std::static_pointer_cast<Connection>(peer.tryGetData(kConnectionKey));
  }
  std::shared_ptr<Connection> Accept(int fd, std::string address);

  const std::shared_ptr<Shared> shared_;
  std::array<char, 64 * 1024> input_;
  std::atomic<int> nudges_waiting_{0};
  std::atomic<Clock::duration> last_seen_{Clock::now().time_since_epoch()};
};

void Handler::onConnection(const std::shared_ptr<ps::Tcp::Peer>& peer) {
  ++shared_->peers;
  // Pistache looks at this parser twice a second to find out who is silent. It is nobody's and
  // never too old: the deadlines are ours. An idle peer is one that it would close without a word.
  peer->putData(ParserData, shared_->idle_parser);
  peer->setIdle(true);
  try {
    std::string address = peer->address().host();
    if (address == kNudgeAddress) {
      --nudges_waiting_;
      last_seen_ = Clock::now().time_since_epoch();
      return;
    }
    if (auto connection = Accept(peer->fd(), std::move(address))) {
      peer->putData(kConnectionKey, std::move(connection));
      return;
    }
  } catch (const std::exception& error) {  // nothing catches above us
    shared_->edge->Log(error.what());
  }
  ::shutdown(peer->fd(), SHUT_RDWR);
}

std::shared_ptr<Connection> Handler::Accept(int fd, std::string address) {
  if (shared_->refusing) return nullptr;
  const auto& edge = shared_->edge;
  UniqueFd own;
  if (edge->connections.size() < shared_->descriptors.connections_max) {
    own = UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, shared_->descriptors.copies_from));
  }
  if (!own) {
    edge->counters.Reject(Rejection::kTooManyConnections);
    return nullptr;
  }
  Counters::Add(edge->counters.connections_accepted, 1);
  if (address.starts_with("::ffff:")) address.erase(0, 7);  // IPv4 on a socket for both
  return Connection::Create(edge, std::move(own), std::move(address));
}

void Handler::onInput(const char* data, std::size_t size,
                      const std::shared_ptr<ps::Tcp::Peer>& peer) {
  const auto connection = ConnectionOf(*peer);
  if (!connection) return;
  try {
    connection->Feed({data, size});
    // A long body: Pistache reads in small steps, so that what is there already is read here. What
    // else a read may tell, an end or an error, Pistache's next one tells again.
    if (size < ps::Const::MaxBuffer) return;
    ssize_t count;
    while ((count = ::recv(peer->fd(), input_.data(), input_.size(), MSG_DONTWAIT)) > 0)
      connection->Feed({input_.data(), static_cast<std::size_t>(count)});
  } catch (const std::exception& error) {
    shared_->edge->Log(error.what());
    connection->Abort();
  } catch (...) {
    connection->Abort();
  }
}

void Handler::onDisconnection(const std::shared_ptr<ps::Tcp::Peer>& peer) {
  --shared_->peers;
  if (const auto connection = ConnectionOf(*peer)) connection->PeerGone();
}

// A peer that ends at once. handleNewPeer is meant for other threads.
void Handler::Nudge() {
  if (nudges_waiting_ >= kNudgesWaitingMax) return;
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return;
  const UniqueFd other_end(pair[1]);
  ++nudges_waiting_;
  transport()->handleNewPeer(
      ps::Tcp::Peer::Create(pair[0], ps::Address(ps::IP::any(), ps::Port(0))));
}

bool HasIpv6() {
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return false;
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
}

ps::Address AddressOf(const std::string& host, std::uint16_t port) {
  if (host == "::") return {ps::IP::any(HasIpv6()), ps::Port(port)};
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return ps::Address((is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port));
}

}  // namespace

struct Listener::Impl {
  std::shared_ptr<Shared> shared;
  ps::Http::Endpoint endpoint;
};

Listener::Listener(const std::string& host, std::uint16_t port, std::shared_ptr<Edge> edge) {
  const Limits limits = edge->limits;
  try {
    const std::shared_ptr<Shared> shared(
        new Shared{.edge = std::move(edge), .descriptors = PlanDescriptors(limits)});
    impl_.reset(new Impl{shared, ps::Http::Endpoint(AddressOf(host, port))});
    using Flag = ps::Tcp::Options;
    const ps::Flags<Flag> flags(Flag::ReuseAddr | Flag::NoDelay | Flag::CloseOnExec);
    impl_->endpoint.init(ps::Http::Endpoint::options()
                             .threads(limits.io_threads)
                             .flags(flags)
                             .keepaliveTimeout(kNever));
    // Again, since init() ignores the options' backlog.
    impl_->endpoint.initArgs(static_cast<std::size_t>(limits.io_threads), flags,
                             std::string("http-io"), limits.accept_backlog);
    impl_->endpoint.setHandler(std::make_shared<Handler>(shared));
    impl_->endpoint.serveThreaded();
  } catch (const std::exception& error) {
    throw SyncError(ErrorKind::kUnavailable, "could not listen on " + host + " port " +
                                                 std::to_string(port) + ": " + error.what());
  }
}

Listener::~Listener() { impl_->endpoint.shutdown(); }

std::uint16_t Listener::port() const {
  return static_cast<std::uint16_t>(impl_->endpoint.getPort());
}

void Listener::RefuseAll() { impl_->shared->refusing = true; }

std::size_t Listener::peers() const { return impl_->shared->peers; }

void Listener::Nudge() {
  for (Handler* const handler : impl_->shared->handlers) handler->Nudge();
}

std::chrono::milliseconds Listener::LongestSilence() const {
  Clock::duration longest{0};
  for (const Handler* const handler : impl_->shared->handlers) {
    longest = std::max(longest, handler->Silence());
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
}

}  // namespace ankisync::http
