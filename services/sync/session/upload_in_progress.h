// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace ankisync::sync {

// One upload from its beginning to its verdict. Its check may take longer than a client waits: then
// it is answered, and goes on beside the user's strand, which it needs again for the verdict alone.
// Any thread.
class UploadInProgress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `answer`, called at most once, by whoever finds that it is due, lets go of the strand.
  UploadInProgress(Time due, std::function<void()> answer)
      : due_(due), answer_(std::move(answer)) {}

  void AnswerIfDue(Time now) {
    if (now >= due_ && MoveTo(State::kLate)) answer_();
  }
  // True: nobody answered, nobody will, and the strand is the upload's still.
  bool EndInTime() { return MoveTo(State::kEnded); }
  bool is_late() const { return state_ == State::kLate; }

  // Nobody wants its verdict any more; it ends soon.
  void GiveUp() { given_up_ = true; }
  bool given_up() const { return given_up_; }

 private:
  enum class State { kInTime, kEnded, kLate };

  bool MoveTo(State next) {
    State in_time = State::kInTime;
    return state_.compare_exchange_strong(in_time, next);
  }

  const Time due_;
  const std::function<void()> answer_;
  std::atomic<State> state_ = State::kInTime;
  std::atomic<bool> given_up_ = false;
};

// Those of all users, for the clock and for a server that stops. Any thread.
class UploadsInProgress {
 public:
  void Add(const std::shared_ptr<UploadInProgress>& upload) {
    const std::lock_guard lock(mutex_);
    std::erase_if(uploads_, [](const auto& known) { return known.expired(); });
    uploads_.push_back(upload);
  }

  std::vector<std::shared_ptr<UploadInProgress>> all() const {
    std::vector<std::shared_ptr<UploadInProgress>> present;
    const std::lock_guard lock(mutex_);
    for (const auto& known : uploads_) {
      if (auto upload = known.lock()) present.push_back(std::move(upload));
    }
    return present;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<UploadInProgress>> uploads_;
};

}  // namespace ankisync::sync
