// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/open_collections.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ankisync::sync {

OpenCollections::OpenCollections(const Volume& volume, const Clock& clock,
                                 const OpenSettings& settings,
                                 std::function<std::shared_ptr<Strand>(AccountId)> strand_of)
    : volume_(volume), clock_(clock), settings_(settings), strand_of_(std::move(strand_of)) {}

OpenCollections::~OpenCollections() = default;

std::shared_ptr<UserCollection> OpenCollections::Of(AccountId account, const std::string& folder) {
  const std::lock_guard lock(mutex_);
  Entry& entry = users_[account];
  if (!entry.user) {
    entry.user = std::make_shared<UserCollection>(
        volume_.UserFolder(folder), [this, folder] { return volume_.LockUser(folder); }, clock_, gauge_, settings_.collection);
  }
  entry.asked_for = clock_.Steady();
  return entry.user;
}

std::size_t OpenCollections::size() const {
  const std::lock_guard lock(mutex_);
  return users_.size();
}

bool OpenCollections::SessionCalledWithin(std::chrono::steady_clock::duration silence) const {
  return gauge_.open > 0 && clock_.Steady() - gauge_.last_call.load() < silence;
}

void OpenCollections::Tidy() {
  std::vector<std::pair<AccountId, Entry>> all;
  {
    const std::lock_guard lock(mutex_);
    all.assign(users_.begin(), users_.end());
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.second.asked_for > b.second.asked_for; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [account, entry] = all[i];
    const bool crowded = i >= settings_.open_max;
    if (!crowded && clock_.Steady() - entry.asked_for <
                        std::min(settings_.collection_idle, settings_.session_idle)) {
      continue;
    }
    strand_of_(account)->Post(
        [this, account = account, user = entry.user, crowded] { TidyOne(account, user, crowded); });
  }
}

void OpenCollections::TidyOne(AccountId account, const std::shared_ptr<UserCollection>& user,
                              bool crowded) {
  const auto unused = clock_.Steady() - user->last_used();
  if (user->session()) {
    if (unused < settings_.session_idle) return;
    user->EndSession();
  }
  if (!crowded && unused < settings_.collection_idle) return;
  user->Close();
  const std::lock_guard lock(mutex_);
  const auto entry = users_.find(account);
  // Somebody may have asked for it meanwhile; his method waits on this strand and will open it
  // again.
  if (entry != users_.end() && clock_.Steady() - entry->second.asked_for >= unused)
    users_.erase(entry);
}

}  // namespace ankisync::sync
