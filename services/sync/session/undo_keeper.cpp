// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/undo_keeper.h"

#include <utility>
#include <vector>

namespace ankisync::sync {

UndoKeeper::UndoKeeper(const Clock& clock, const UndoRules& rules, Observer observer)
    : clock_(clock), rules_(rules), observer_(std::move(observer)) {}

UndoKeeper::~UndoKeeper() { Stop(); }

void UndoKeeper::Ask(const std::filesystem::path& user_folder) {
  if (is_stopping_) return;
  {
    const std::lock_guard lock(mutex_);
    if (!asked_.insert(user_folder).second) return;
  }
  thread_.Post([this, user_folder] { Tend(user_folder); });
}

void UndoKeeper::Retry() {
  std::vector<std::filesystem::path> due;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [user_folder, failed_at] : failed_) {
      if (clock_.Steady() - failed_at >= kRetry) due.push_back(user_folder);
    }
  }
  for (const auto& user_folder : due) Ask(user_folder);
}

void UndoKeeper::Tend(const std::filesystem::path& user_folder) {
  {
    const std::lock_guard lock(mutex_);
    asked_.erase(user_folder);  // before the look: what changes from here on asks again
    failed_.erase(user_folder);
  }
  if (is_stopping_) return;
  const std::string name = user_folder.filename().string();
  try {
    observer_.on_tended(name, TendUndo(user_folder, clock_.Now(), rules_));
  } catch (const std::exception& error) {
    {
      const std::lock_guard lock(mutex_);
      failed_[user_folder] = clock_.Steady();
    }
    observer_.on_failure(name, error.what());
  }
}

}  // namespace ankisync::sync
