// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/connection.h"

#include <utility>

#include "common/core/error.h"
#include "common/http/refusals.h"

namespace ankisync::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Connection::Time Now() { return std::chrono::steady_clock::now(); }

}  // namespace

std::shared_ptr<Connection> Connection::Create(std::shared_ptr<Edge> edge, UniqueFd socket,
                                               std::string peer_address) {
  std::shared_ptr<Connection> connection(
      new Connection(std::move(edge), std::move(socket), std::move(peer_address)));
  connection->edge_->connections.Add(*connection);
  return connection;
}

Connection::Connection(std::shared_ptr<Edge> edge, UniqueFd socket, std::string peer_address)
    : edge_(std::move(edge)),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      since_(Now()),
      parser_(edge_->limits.head_bytes_max, edge_->limits.head_fields_max) {}

Connection::~Connection() { edge_->connections.Remove(*this); }

void Connection::Feed(std::string_view input) {
  Counters::Add(edge_->counters.bytes_in, input.size());
  Remains remains;
  Lock lock(mutex_);
  // The client may have its answer, and send the next body, before the thread that pushed it has
  // said so here.
  settled_.wait(
      lock, [&] { return !OwesAnswer() || StashHasRoomFor(input) || (!pushing_ && !parsing_); });
  if (phase_ == Phase::kDead) return;
  if (OwesAnswer()) {
    if (StashHasRoomFor(input)) {
      stash_ += input;
      return;
    }
    edge_->counters.Reject(Rejection::kTooMuchPipelined);
  } else if (phase_ == Phase::kHead || phase_ == Phase::kBody) {
    return Parse(lock, input);
  } else {
    bytes_since_ += input.size();
    if (bytes_since_ <= edge_->limits.drain_bytes_max) return;
  }
  remains = Die();
  socket_.Reset();
}

// What comes in now has to wait: for its turn, or for the thread that is parsing.
bool Connection::OwesAnswer() const {
  if (phase_ == Phase::kHead || phase_ == Phase::kBody) return parsing_;
  return phase_ == Phase::kBusy;
}

bool Connection::StashHasRoomFor(std::string_view input) const {
  return stash_.size() + input.size() <= edge_->limits.pipelined_bytes_max;
}

void Connection::Parse(Lock& lock, std::string_view input) {
  parsing_ = true;
  ParseRequests(lock, input);
  while ((phase_ == Phase::kHead || phase_ == Phase::kBody) && !stash_.empty()) {
    const std::string stash = std::exchange(stash_, {});
    std::string_view rest = stash;
    ParseRequests(lock, rest);
  }
  parsing_ = false;
  settled_.notify_all();
}

// Until the input is used up, or an answer is owed.
void Connection::ParseRequests(Lock& lock, std::string_view& input) {
  while (phase_ == Phase::kHead || phase_ == Phase::kBody) {
    const bool was_mid_head = parser_.mid_head();
    switch (parser_.Next(input)) {
      case RequestParser::Event::kMore:
        if (!was_mid_head && parser_.mid_head()) since_ = Now();
        return;
      case RequestParser::Event::kHead:
        OnHead(lock, input);
        break;
      case RequestParser::Event::kBody:
        OnBody(lock, parser_.piece());
        break;
      case RequestParser::Event::kEnd:
        OnEnd(lock, input);
        break;
      case RequestParser::Event::kMalformed:
        OnMalformed(lock);
        break;
    }
  }
}

void Connection::OnHead(Lock& lock, std::string_view& input) {
  Counters::Add(edge_->counters.requests, 1);
  ParsedHead head = parser_.TakeHead();
  head.head.peer_address = peer_address_;
  head.head.request_id = ++edge_->last_request_id;
  request_ = std::make_unique<IncomingRequest>(std::move(head), *edge_);
  const ParsedHead& parsed = request_->parsed();
  if (edge_->draining) {
    edge_->counters.Reject(Rejection::kDraining);
    return Refuse(lock, Unavailable());
  }
  auto verdict = Admit(parsed.head);
  if (auto* answer = std::get_if<Answer>(&verdict)) {
    if (parsed.has_body()) return Refuse(lock, std::move(*answer));
    return AnswerBodyless(lock, std::move(*answer), input);
  }
  auto& accepted = std::get<Accepted>(verdict);
  receiver_ = std::move(accepted.receiver);
  body_bytes_max_ = accepted.body_bytes_max;
  request_->incoming().AllowInMemory(accepted.body_memory_bytes_max);
  const std::uint64_t length = parsed.head.content_length.value_or(0);
  if (length > body_bytes_max_) return RefuseOverBound(lock);
  if (!MakeRoom(lock, [&] { return request_->incoming().Expect(length); })) return;
  phase_ = Phase::kBody;
  if (!parsed.has_body()) return;
  since_ = Now();
  bytes_since_ = 0;
  if (parsed.expects_continue && input.empty()) socket_.SendOrDrop(kContinue);
}

std::variant<Answer, Accepted> Connection::Admit(const RequestHead& head) {
  try {
    return edge_->application.Admit(head);
  } catch (const SyncError& error) {
    edge_->Log(error.what());
    edge_->counters.Reject(Rejection::kApplicationFailed);
    return error.kind() == ErrorKind::kUnavailable ? Unavailable() : OurFault();
  } catch (const std::exception& error) {
    edge_->Log(error.what());
  }
  edge_->counters.Reject(Rejection::kApplicationFailed);
  return OurFault();
}

void Connection::OnBody(Lock& lock, std::string_view piece) {
  bytes_since_ += piece.size();
  if (request_->incoming().size() + piece.size() > body_bytes_max_) return RefuseOverBound(lock);
  MakeRoom(lock, [&] { return request_->incoming().Append(piece); });
}

// False: there is no room, in the budgets or on the disk, and the request was refused for it.
template <typename Take>
bool Connection::MakeRoom(Lock& lock, Take take) {
  Rejection reason = Rejection::kNoRoomForBody;
  try {
    if (take()) return true;
  } catch (const SyncError& error) {
    reason = Rejection::kSpoolFailed;
    edge_->Log(error.what());
  }
  edge_->counters.Reject(reason);
  Refuse(lock, Unavailable());
  return false;
}

void Connection::OnEnd(Lock& lock, std::string_view& input) {
  if (!MakeRoom(lock, [&] { return request_->FinishBody(), true; })) return;
  BecomeBusy(input);
  auto request = std::move(request_);
  auto receiver = std::move(receiver_);
  request->OweTo(shared_from_this());
  lock.unlock();
  try {
    receiver->Complete(std::move(request));
  } catch (const std::exception& error) {
    edge_->counters.Reject(Rejection::kApplicationFailed);
    edge_->Log(error.what());
  }
  lock.lock();
  if (phase_ == Phase::kBusy) {
    receiver_ = std::move(receiver);
    return;
  }
  lock.unlock();
  receiver.reset();
  lock.lock();
}

void Connection::OnMalformed(Lock& lock) {
  switch (parser_.malformed()) {
    case Malformed::kSyntax:
      edge_->counters.Reject(Rejection::kMalformed);
      return Refuse(lock, NotARequest());
    case Malformed::kHeadTooLarge:
      edge_->counters.Reject(Rejection::kHeadTooLarge);
      return Refuse(lock, HeadTooLarge());
    case Malformed::kTransferEncoding:
      edge_->counters.Reject(Rejection::kTransferEncoding);
      return Refuse(lock, UnknownTransferEncoding());
  }
}

void Connection::BecomeBusy(std::string_view& input) {
  phase_ = Phase::kBusy;
  // Now, since more may come in as soon as the lock is let go.
  stash_.assign(std::exchange(input, {}));
}

void Connection::AnswerBodyless(Lock& lock, Answer answer, std::string_view& input) {
  parser_.Next(input);  // kEnd
  BecomeBusy(input);
  auto outgoing = std::exchange(request_, nullptr)->Compose(std::move(answer), true, *edge_);
  lock.unlock();
  Send(std::move(outgoing));
  lock.lock();
}

void Connection::RefuseOverBound(Lock& lock) {
  edge_->counters.Reject(Rejection::kBodyTooLarge);
  Answer answer;
  try {
    answer = receiver_->OverBound();
  } catch (const std::exception& error) {
    edge_->Log(error.what());
    answer = OurFault();
  }
  Refuse(lock, std::move(answer));
}

void Connection::Refuse(Lock& lock, Answer answer) {
  phase_ = Phase::kRefused;
  since_ = Now();
  bytes_since_ = 0;
  auto request = std::move(request_);
  auto outgoing = request ? request->Compose(std::move(answer), false, *edge_)
                          : std::make_unique<OutgoingAnswer>(
                                std::move(answer), AnswerStyle{.keep_alive = false},
                                edge_->limits.answer_piece_bytes, std::nullopt);
  lock.unlock();
  request.reset();
  Send(std::move(outgoing));
  lock.lock();
}

void Connection::PeerGone() {
  Remains remains;
  const Lock lock(mutex_);
  const bool receiving = phase_ == Phase::kHead || phase_ == Phase::kBody;
  if ((receiving && !parsing_) || (phase_ == Phase::kBusy && socket_.HungUp())) {
    remains = Die();
  }
}

Connection::Remains Connection::Die() {
  phase_ = Phase::kDead;
  settled_.notify_all();
  stash_ = {};
  return {std::move(request_), std::move(receiver_)};
}

void Connection::Abort() {
  Remains remains;
  const Lock lock(mutex_);
  if (phase_ == Phase::kDead) return;
  remains = Die();
  socket_.Reset();
}

void Connection::Close() {
  Remains remains;
  const Lock lock(mutex_);
  remains = Die();
  socket_.End();
}

void Connection::AbortIfOverdue(Time now) {
  Remains remains;
  const Lock lock(mutex_);
  const auto reason = Overdue(now);
  if (reason) edge_->counters.Reject(*reason);
  if (!reason && !DrainedTooLong(now)) return;
  remains = Die();
  if (reason == Rejection::kSilent) {
    socket_.End();
  } else {
    socket_.Reset();
  }
}

std::optional<Rejection> Connection::Overdue(Time now) {
  const Limits& limits = edge_->limits;
  const auto elapsed = now - since_;
  switch (phase_) {
    case Phase::kHead:
      if (parser_.mid_head() && elapsed > limits.head_time_max) return Rejection::kSlowHead;
      if (!parser_.mid_head() && elapsed > limits.silence_max) return Rejection::kSilent;
      break;
    case Phase::kBody:
      if (elapsed <= limits.body_window) break;
      if (bytes_since_ < limits.body_window_bytes_min) return Rejection::kSlowBody;
      since_ = now;
      bytes_since_ = 0;
      break;
    case Phase::kBusy:
    case Phase::kRefused:
      if (!socket_full_) break;
      if (ClientReads()) {
        since_ = now;
      } else if (elapsed > limits.answer_stall_max) {
        return Rejection::kUnreadAnswer;
      }
      break;
    case Phase::kDraining:
    case Phase::kDead:
      break;
  }
  return std::nullopt;
}

// The kernel holds megabytes for a client and calls the socket full until a third of them is gone:
// minutes, for a slow one.
bool Connection::ClientReads() {
  const auto untaken = socket_.UntakenBytes();
  return untaken && *untaken < std::exchange(untaken_bytes_, *untaken);
}

bool Connection::DrainedTooLong(Time now) const {
  return phase_ == Phase::kDraining && now - since_ > edge_->limits.drain_time_max;
}

}  // namespace ankisync::http
