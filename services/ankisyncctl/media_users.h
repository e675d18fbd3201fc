// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "common/storage/media/user_media.h"
#include "services/ankisyncctl/command.h"

namespace ankisync::ctl {

inline constexpr char kUserHelp[] = "The account; without it, all that have media";

// `visit` gets an account's name, of a deleted account its folder's, and its media, while servers
// use them or not. Without a name: all accounts that have media. Errors: kInconsistentData for an
// account that is not there or has no media.
void ForEachMedia(const Context& context, const std::string& user,
                  const std::function<void(const std::string& user, UserMedia& media)>& visit);

// "1.5 MB"
std::string SizeText(std::int64_t bytes);

}  // namespace ankisync::ctl
