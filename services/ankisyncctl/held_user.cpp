// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/held_user.h"

#include <utility>

#include "common/core/error.h"

namespace ankisync::ctl {
namespace {

constexpr std::chrono::seconds kPatience{30};

}  // namespace

HeldUser::Placed::Placed(OpenAccounts& open, AccountId account, std::string reason,
                         const std::string& sentence)
    : holds_(open.auth), account_(account), reason_(std::move(reason)) {
  holds_.Place(account_, reason_, sentence);
}

HeldUser::Placed::~Placed() {
  try {
    holds_.Lift(account_, reason_);
  } catch (const SyncError&) {  // `maintenance show` has it, and the next one replaces it
  }
}

HeldUser::HeldUser(OpenAccounts& open, AccountId account, const std::string& folder,
                   std::string reason, const std::string& sentence)
    : placed_(open, account, std::move(reason), sentence),
      lock_(open.volume.LockUser(folder, kPatience)) {}

HeldUser::~HeldUser() = default;

}  // namespace ankisync::ctl
