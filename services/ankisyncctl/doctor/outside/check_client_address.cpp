// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr char kNobodys[] = "203.0.113.77";  // of a network that exists in documents alone

constexpr char kOneForAll[] =
    "nothing; but who guesses passwords makes everybody wait for a login, and logs name no one.";

WebRequest Forged(const Conversation& conversation) {
  WebRequest request = conversation.MirrorOf("sync");
  for (const char* name : {"X-Forwarded-For", "X-Real-IP"})
    request.headers.emplace_back(name, kNobodys);
  request.headers.emplace_back("Forwarded", std::string("for=") + kNobodys);
  return request;
}

}  // namespace

void CheckClientAddress(Conversation& conversation, Findings& findings) {
  const auto add = [&](Severity severity, std::string text, std::string client,
                       std::string remedy) {
    findings.push_back(
        {severity, "client_address", std::move(text), std::move(client), std::move(remedy)});
  };
  const auto plain = conversation.AskMirror(conversation.MirrorOf("sync"));
  const auto forged = conversation.AskMirror(Forged(conversation));
  if (!plain || !forged) return;
  const Proxy proxy = conversation.proxy();
  if (forged->address == kNobodys && plain->shared && (plain->told || proxy == Proxy::kNone)) {
    return add(
        Severity::kNote,
        "Whether the server believes what clients say of their address cannot be told from a "
        "machine that the server takes for a proxy.",
        "", "Ask from another machine.");
  }
  if (forged->address == kNobodys) {
    return add(Severity::kError,
               "The server believes whatever address a client says it has, so that guessers of "
               "passwords cannot be slowed down.",
               "nothing.",
               proxy == Proxy::kNone ? "On the server: take out of proxy.trusted what is no proxy."
                                     : RemedyFor(Mistake::kClientAddress, proxy));
  }
  if (proxy == Proxy::kNone || (plain->told && plain->trusted)) {
    return add(Severity::kOk,
               "The server sees clients' own addresses: yours is " + plain->address + ".", "", "");
  }
  if (!plain->told) {
    return add(Severity::kWarning,
               "The server does not learn clients' addresses: to it all of them are " +
                   plain->address + ".",
               kOneForAll,
               RemedyFor(Mistake::kClientAddress, proxy) + "\nOn the server:\nproxy.trusted: [" +
                   plain->address + "]");
  }
  add(Severity::kWarning,
      "The proxy says who the client is, but the server does not believe it: to it all clients "
      "are " +
          plain->address + ".",
      kOneForAll, "On the server:\nproxy.trusted: [" + plain->address + "]");
}

}  // namespace ankisync::doctor
