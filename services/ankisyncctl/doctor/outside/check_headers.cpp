// SPDX-License-Identifier: AGPL-3.0-or-later
#include <random>

#include "common/core/size_text.h"
#include "services/ankisyncctl/doctor/outside/client_words.h"
#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr std::size_t kLongHeaderBytes = 4096;  // several times what Anki sends

// More than comes in one piece with the head, less than what proxies bound by themselves.
constexpr std::uint64_t kStreamedBytes = 512 * 1024;

// More than proxies hold in memory.
constexpr std::size_t kLongAnswerBytes = 8 << 20;

constexpr char kLosesRequestHead[] =
    "that name or password are wrong, or \"Check Database\": nothing that it sends is understood.";
constexpr char kLosesAnswerHead[] = "\"A network error occurred.\" and \"missing original size\".";

}  // namespace

void CheckHeaders(Conversation& conversation, Findings& findings) {
  const auto error = [&](std::string check, std::string text, std::string client, Mistake mistake) {
    findings.push_back({Severity::kError, std::move(check), std::move(text), std::move(client),
                        RemedyFor(mistake, conversation.proxy())});
  };
  const auto reflection = conversation.AskMirror(conversation.MirrorOf("sync"));
  if (!reflection) return;  // it was there a moment ago
  if (reflection->header_bytes == 0) {
    return error("request_header", "The request header anki-sync is lost on the way.",
                 kLosesRequestHead, Mistake::kRequestHead);
  }
  if (!reflection->is_framed) {
    return error("answer_header", "The answers' header anki-original-size is lost on the way.",
                 kLosesAnswerHead, Mistake::kAnswerHead);
  }
  WebRequest request = conversation.MirrorOf("sync");
  request.headers = {{"anki-sync", SyncHeader("", kLongHeaderBytes)}};
  const WebAnswer answer = conversation.Ask(request);
  if (!ReadReflection(answer)) {
    return error("header_size", "A request with 4 KiB of headers is refused.",
                 WhatAnkiShows(answer), Mistake::kHeaderSize);
  }
  findings.push_back(
      {Severity::kOk, "headers", "Headers arrive, both ways and long ones too.", "", ""});
}

void CheckStreaming(Conversation& conversation, Findings& findings) {
  WebRequest request = conversation.MirrorOf("sync");
  request.filler_bytes = kStreamedBytes;
  const auto reflection = conversation.AskMirror(request);
  if (!reflection) return;
  if (reflection->chunked) {
    findings.push_back(
        {Severity::kOk, "streaming", "Requests are passed on while they come.", "", ""});
    return;
  }
  findings.push_back(
      {Severity::kWarning, "streaming",
       "Requests are stored by " + NameOf(conversation.proxy()) +
           " until they are complete, and passed on only then.",
       "in large uploads, that the connection timed out: nothing moves while the server gets what "
       "the proxy has stored.",
       RemedyFor(Mistake::kStoresFirst, conversation.proxy())});
}

void CheckLongAnswers(Conversation& conversation, Findings& findings) {
  WebRequest request = Conversation::Mirror(conversation.address().Url("sync/doctor?echo"));
  request.body.reserve(kLongAnswerBytes);
  std::mt19937 random;  // always the same, and nothing that a proxy could make shorter
  while (request.body.size() < kLongAnswerBytes) request.body += static_cast<char>(random());
  const WebAnswer answer = conversation.Ask(request);
  if (answer.is_whole() && answer.status == 200 && answer.body_bytes >= kLongAnswerBytes) {
    findings.push_back({Severity::kOk, "long_answers", "Long answers arrive whole.", "", ""});
    return;
  }
  if (answer.status != 200) return;  // the request was refused, which CheckBodySize says
  findings.push_back({Severity::kError, "long_answers",
                      "Of an answer of " + SizeText(kLongAnswerBytes) + " only " +
                          SizeText(static_cast<std::int64_t>(answer.body_bytes)) + " arrive" +
                          (answer.why.empty() ? "." : ": " + answer.why + "."),
                      "\"A network error occurred.\", often with the number 303.",
                      RemedyFor(Mistake::kCutsAnswers, conversation.proxy())});
}

}  // namespace ankisync::doctor
