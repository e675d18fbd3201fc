// SPDX-License-Identifier: AGPL-3.0-or-later
#include <chrono>
#include <cstdlib>
#include <limits>
#include <utility>

#include "common/http/connection.h"

namespace ankisync::http {
namespace {

Connection::Time Now() { return std::chrono::steady_clock::now(); }

}  // namespace

void Connection::Send(std::unique_ptr<OutgoingAnswer> answer) {
  {
    const Lock lock(mutex_);
    if (phase_ == Phase::kDead) return;
    outgoing_ = std::move(answer);
    pushing_ = true;
  }
  Write();
}

void Connection::Write() {
  if (WriteUntilPieceWanted()) Pull();
}

void Connection::Pull() {
  edge_->pool.Post([self = shared_from_this()] { self->PullAndWrite(); });
}

// False: it is done, failed, or goes on when the socket has room.
bool Connection::WriteUntilPieceWanted() {
  const std::uint64_t before = outgoing_->sent();
  const auto progress = outgoing_->Push(socket_.fd());
  const std::uint64_t sent = outgoing_->sent() - before;
  Counters::Add(edge_->counters.bytes_out, sent);
  switch (progress) {
    case OutgoingAnswer::Progress::kDone:
      Answered();
      return false;
    case OutgoingAnswer::Progress::kFailed:
      Fail();
      return false;
    case OutgoingAnswer::Progress::kPieceWanted: {
      {
        const Lock lock(mutex_);
        socket_full_ = pushing_ = false;
      }
      settled_.notify_all();
      return true;
    }
    case OutgoingAnswer::Progress::kMore: {
      {
        const Lock lock(mutex_);
        if (sent > 0 || !socket_full_) {
          since_ = Now();
          untaken_bytes_ = std::numeric_limits<int>::max();
        }
        socket_full_ = true;
        pushing_ = false;
      }
      settled_.notify_all();
      const auto self = shared_from_this();
      if (!edge_->writable.Wait(socket_.fd(), [self] { self->GoOnWriting(); })) Fail();
      return false;
    }
  }
  std::abort();
}

void Connection::GoOnWriting() {
  BeginPushing();
  Write();
}

void Connection::BeginPushing() {
  const Lock lock(mutex_);
  pushing_ = true;
}

// On the pool: a piece, and more of them while nobody else waits for this thread.
void Connection::PullAndWrite() {
  do {
    bool dead;
    {
      const Lock lock(mutex_);
      dead = phase_ == Phase::kDead;
    }
    if (dead) return outgoing_.reset();
    try {
      outgoing_->Pull();
    } catch (const std::exception& error) {
      edge_->Log(error.what());
      return Fail();
    }
    BeginPushing();
    if (!WriteUntilPieceWanted()) return;
  } while (edge_->pool.waiting() == 0);
  Pull();
}

void Connection::Answered() {
  const bool keep_alive = outgoing_->keep_alive();
  outgoing_.reset();
  std::unique_ptr<Receiver> receiver;
  try {
    Lock lock(mutex_);
    receiver = std::move(receiver_);
    socket_full_ = pushing_ = false;
    settled_.notify_all();
    if (phase_ == Phase::kDead) return;
    since_ = Now();
    if (!keep_alive) {
      phase_ = Phase::kDraining;
      socket_.EndSending();
      return;
    }
    phase_ = Phase::kHead;
    if (parsing_ || stash_.empty()) return;
    parsing_ = true;  // what comes in meanwhile does not overtake the stash
    lock.unlock();
    receiver.reset();  // this request is over before the next begins
    lock.lock();
    Parse(lock, std::exchange(stash_, {}));
  } catch (const std::exception& error) {
    edge_->Log(error.what());
    Abort();
  }
}

void Connection::Fail() {
  outgoing_.reset();
  Remains remains;
  const Lock lock(mutex_);
  remains = Die();
  socket_.BreakOff();
}

}  // namespace ankisync::http
