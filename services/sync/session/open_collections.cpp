// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/open_collections.h"

#include <malloc.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ankisync::sync {
namespace {

// A collection that is never idle gets its snapshots, too.
constexpr std::chrono::hours kUndoAfter{1};

// Between two syncs of a person are hours.
constexpr std::chrono::seconds kRestsAfter{3};

constexpr std::chrono::seconds kGivesBackEvery{5};

}  // namespace

OpenCollections::OpenCollections(const Volume& volume, const Clock& clock,
                                 const OpenSettings& settings,
                                 std::function<std::shared_ptr<Strand>(AccountId)> strand_of)
    : volume_(volume), clock_(clock), settings_(settings), strand_of_(std::move(strand_of)) {}

OpenCollections::~OpenCollections() { CloseAll(); }

void OpenCollections::CloseAll() {
  const std::lock_guard lock(mutex_);
  users_.clear();
}

std::shared_ptr<UserCollection> OpenCollections::Of(AccountId account, const std::string& folder) {
  if (auto known = Known(account)) return known;
  // May touch the disk, or find it gone: not under the lock, and before anything is remembered.
  auto user = std::make_shared<UserCollection>(
      volume_.UserFolder(folder), [this, folder] { return volume_.LockUser(folder); }, clock_,
      watch_, settings_.collection);
  const std::lock_guard lock(mutex_);
  return users_.try_emplace(account, Entry{std::move(user), clock_.Steady()}).first->second.user;
}

std::shared_ptr<UserCollection> OpenCollections::Known(AccountId account) {
  const std::lock_guard lock(mutex_);
  const auto known = users_.find(account);
  if (known == users_.end()) return nullptr;
  known->second.asked_for = clock_.Steady();
  return known->second.user;
}

std::size_t OpenCollections::size() const {
  const std::lock_guard lock(mutex_);
  return users_.size();
}

bool OpenCollections::SessionCalledWithin(std::chrono::steady_clock::duration silence) const {
  return watch_.open > 0 && clock_.Steady() - watch_.last_call.load() < silence;
}

// What was freed stays with the allocator, a bit here and a bit there, until it is told.
void OpenCollections::GiveBackMemory() {
  const auto now = clock_.Steady();
  if (now - gave_back_at_ < kGivesBackEvery || !has_freed_.exchange(false)) return;
  gave_back_at_ = now;
  ::malloc_trim(0);
}

void OpenCollections::Tidy(const std::function<bool(AccountId)>& is_held) {
  GiveBackMemory();
  std::vector<std::pair<AccountId, Entry>> all;
  {
    const std::lock_guard lock(mutex_);
    all.assign(users_.begin(), users_.end());
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.second.asked_for > b.second.asked_for; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [account, entry] = all[i];
    const Why why = is_held && is_held(account) ? Why::kHeld
                    : i >= settings_.open_max   ? Why::kCrowded
                                                : Why::kPerhapsIdle;
    const auto strand = strand_of_(account);
    // Busy is not idle; and behind a long upload these would pile up until the user is refused.
    if (strand->waiting() > 0) continue;
    strand->Post(
        [this, account = account, user = entry.user, why] { TidyOne(account, *user, why); });
  }
}

void OpenCollections::TidyOne(AccountId account, UserCollection& user, Why why) {
  const auto now = clock_.Steady();
  if (why == Why::kHeld) {
    user.EndSession(SyncOutcome::kSuperseded, "the account is on hold");
  } else if (user.HasUploadInProgress()) {
    return;
  }
  if (const Session* session = user.session()) {
    if (now - session->last_call < settings_.session_idle) return;
    user.EndSession(SyncOutcome::kIdle, "no call came for too long");
  }
  user.KeepUndoOfChanges(kUndoAfter);
  if (why == Why::kPerhapsIdle && now - user.last_used() < settings_.collection_idle) {
    if (now - user.last_used() >= kRestsAfter && user.Rest()) has_freed_ = true;
    return;
  }
  user.Close("nobody used the collection");
  has_freed_ = true;
  if (why == Why::kHeld) return;  // attempts that began before may go on after it
  const std::lock_guard lock(mutex_);
  users_.erase(account);
}

}  // namespace ankisync::sync
