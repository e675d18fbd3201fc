// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/session/undo_keeper.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ankisync::sync {
namespace {

constexpr int kNiceness = 10;

}  // namespace

UndoKeeper::UndoKeeper(const Clock& clock, const UndoRules& rules, Observer observer)
    : clock_(clock), rules_(rules), observer_(std::move(observer)) {
  thread_.Post([] { ::setpriority(PRIO_PROCESS, 0, kNiceness); });  // on Linux, of a thread
}

UndoKeeper::~UndoKeeper() { Stop(); }

void UndoKeeper::Ask(const std::filesystem::path& user_folder, UndoDue due) {
  if (is_stopping_) return;
  {
    const std::lock_guard lock(mutex_);
    const auto [asked, is_new] = asked_.try_emplace(user_folder, due);
    asked->second = std::max(asked->second, due);
    if (!is_new) return;
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
  for (const auto& user_folder : due) Ask(user_folder, UndoDue::kChanges);
}

void UndoKeeper::Tend(const std::filesystem::path& user_folder) {
  UndoDue due;
  {
    const std::lock_guard lock(mutex_);
    due = asked_.extract(user_folder).mapped();  // before the look: what changes now asks again
    failed_.erase(user_folder);
  }
  if (is_stopping_) return;
  const std::string name = user_folder.filename().string();
  try {
    observer_.on_tended(name, TendUndo(user_folder, clock_.Now(), rules_, due));
  } catch (const std::exception& error) {
    {
      const std::lock_guard lock(mutex_);
      failed_[user_folder] = clock_.Steady();
    }
    observer_.on_failure(name, error.what());
  }
}

}  // namespace ankisync::sync
