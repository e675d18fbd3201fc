// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>

#include "common/core/size_text.h"
#include "services/ankisyncctl/doctor/outside/client_words.h"
#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr std::uint64_t kFirstStepBytes = 64 * 1024;

// How far one service's requests get.
struct Reach {
  std::uint64_t taken_bytes = 0;
  std::uint64_t refused_bytes = 0;  // 0: nothing was refused
  WebAnswer refusal;
};

Reach Probe(const Conversation& conversation, std::string_view area, std::uint64_t largest_bytes) {
  WebRequest request = conversation.MirrorOf(area);
  request.body.clear();
  Reach reach;
  for (std::uint64_t bytes = std::min(kFirstStepBytes, largest_bytes);;
       bytes = std::min(bytes * 4, largest_bytes)) {
    request.filler_bytes = bytes;
    WebAnswer answer = conversation.Ask(request);
    const auto reflection = ReadReflection(answer);
    if (!reflection || reflection->bytes != bytes) {
      reach.refused_bytes = bytes;
      reach.refusal = std::move(answer);
      return reach;
    }
    reach.taken_bytes = bytes;
    if (bytes == largest_bytes) return reach;
  }
}

std::string Size(std::uint64_t bytes) { return SizeText(static_cast<std::int64_t>(bytes)); }

std::string How(const WebAnswer& refusal) {
  return refusal.is_whole() ? std::to_string(refusal.status) : refusal.why;
}

Finding Judge(const Reach& reach, const std::string& what, Proxy proxy) {
  if (reach.refused_bytes == 0) {
    return {Severity::kOk, "body_size", what + " of " + Size(reach.taken_bytes) + " are taken.", "",
            ""};
  }
  const std::string between =
      Size(reach.refused_bytes) + " are refused, " + Size(reach.taken_bytes) + " are taken";
  if (IsOurRefusal(reach.refusal)) {
    return {Severity::kNote, "body_size",
            what + " of " + between + ": by the server itself (" +
                std::string(reach.refusal.Header("ankisync-error")) + ").",
            "", "On the server, if it is too little: limits.media_batch_bytes"};
  }
  Finding finding{Severity::kError, "body_size", what + " of " + between + ": " + NameOf(proxy),
                  WhatAnkiShows(reach.refusal), ""};
  if (reach.refusal.status >= 500) {
    finding.text += " fails (" + How(reach.refusal) +
                    "). Its own log says why: often there is no room or no right to write what it "
                    "stores before it sends it on.";
    finding.remedy = RemedyFor(Mistake::kStoresFirst, proxy);
  } else {
    finding.text += " has a bound (" + How(reach.refusal) +
                    "). A batch of media may have 100 MB, a collection gigabytes.";
    finding.remedy = RemedyFor(Mistake::kBodySize, proxy);
  }
  return finding;
}

}  // namespace

void CheckBodySize(Conversation& conversation, std::uint64_t largest_bytes, Findings& findings) {
  for (const auto& [area, what] : {std::pair("sync", "Collections"), std::pair("msync", "Media")}) {
    if (!conversation.AskMirror(conversation.MirrorOf(area))) continue;  // which was said
    findings.push_back(Judge(Probe(conversation, area, largest_bytes), what, conversation.proxy()));
  }
}

}  // namespace ankisync::doctor
