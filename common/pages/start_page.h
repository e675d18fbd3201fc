// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "common/http/application.h"

// What a person sees who opens the server's address in a browser: that it is reached, and what to
// type where. One page without anything from elsewhere, of use without JavaScript. Threads: any.
namespace ankisync {

// The address that reached us, as the browser has it: of Host, or what a proxy says of it in
// X-Forwarded-Proto, -Host and -Prefix; `base_path` is ours. Ends in a slash. What is no host's
// name is left out: "http://localhost/".
std::string AddressOf(const http::RequestHead& head, std::string_view base_path);

// kLost: opened below /sync/ or /msync/, where only Anki itself has business.
enum class Visit { kArrived, kLost };

http::Answer StartPage(const http::RequestHead& head, std::string_view base_path, Visit visit);

// Whether it is a browser that asks, and not a sync client.
bool WantsPage(const http::RequestHead& head);

}  // namespace ankisync
