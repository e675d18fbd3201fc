// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/ids.h"
#include "services/ankisyncctl/doctor/finding.h"
#include "services/ankisyncctl/doctor/outside/conversation.h"

// What a server looks like from where Anki is: each check asks what a client would ask, through
// whatever stands in between, and says in words what came of it.
namespace ankisync::doctor {

struct Credentials {
  std::string user;
  std::string password;
};

struct Wishes {
  UnixMillis now{};                                        // for certificates and clocks
  std::uint64_t largest_bytes = std::uint64_t{104} << 20;  // that is tried to send
  std::optional<Credentials> credentials = std::nullopt;
};

// All of them, in an order in which one explains the next. Where nothing answers, the rest is not
// asked.
Findings ExamineFromOutside(Conversation& conversation, const Wishes& wishes);

// The checks. The first says whether there is any use in the others.
bool CheckReach(Conversation& conversation, Findings& findings);
void CheckMedia(Conversation& conversation, Findings& findings);
void CheckProxy(Conversation& conversation, Findings& findings);
void CheckTlsVersions(Conversation& conversation, Findings& findings);
void CheckCertificate(Conversation& conversation, UnixMillis now, Findings& findings);
void CheckHeaders(Conversation& conversation, Findings& findings);
void CheckStreaming(Conversation& conversation, Findings& findings);
void CheckLongAnswers(Conversation& conversation, Findings& findings);
void CheckPaths(Conversation& conversation, Findings& findings);
void CheckClientAddress(Conversation& conversation, Findings& findings);
void CheckBodySize(Conversation& conversation, std::uint64_t largest_bytes, Findings& findings);
void CheckLogin(Conversation& conversation, const Credentials& credentials, UnixMillis now,
                Findings& findings);

}  // namespace ankisync::doctor
