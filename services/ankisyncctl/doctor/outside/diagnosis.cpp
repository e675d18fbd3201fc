// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/diagnosis.h"

#include <string_view>
#include <utility>

#include "services/ankisyncctl/doctor/outside/client_words.h"
#include "services/ankisyncctl/doctor/outside/remedy.h"

namespace ankisync::doctor {
namespace {

constexpr char kIsItStarted[] =
    "Is the server, or the proxy before it, started? Is this its port, and open in the firewall?\n"
    "By themselves ankisyncd and collection-sync listen on 27701, media-sync on 27702, the\n"
    "containers on 8080.";

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "collection-sync" for "sync".
std::string ServiceFor(std::string_view area) {
  return area == "sync" ? "collection-sync (or ankisyncd)" : "media-sync (or ankisyncd)";
}

// One answer of one service's mirror that is not what was hoped for, and why.
class Diagnosis {
 public:
  Diagnosis(Conversation& conversation, std::string area)
      : conversation_(conversation), area_(std::move(area)) {
    answer_ = conversation_.Ask(conversation_.MirrorOf(area_));
  }

  // Ok where the service answers.
  Finding Make() {
    if (const auto reflection = ReadReflection(answer_)) {
      if (reflection->area == area_) return Reached();
      return Error(area_, "Paths with /" + area_ + "/ in them lead to another service.", Path());
    }
    if (IsOurRefusal(answer_)) return RefusedByUs();
    if (answer_.status >= 300 && answer_.status < 400) return Redirected();
    if (SpeaksOther()) return OtherScheme();
    if (!answer_.is_whole()) return Unreached();
    if (answer_.status == 200 && !answer_.Header("anki-original-size").empty()) return Changed();
    if (const auto told = RefusesChunks()) return *told;
    return RefusedByAnother();
  }

 private:
  static Finding Ok(std::string check, std::string text) {
    return {Severity::kOk, std::move(check), std::move(text), "", ""};
  }
  Finding Error(std::string check, std::string text, std::string remedy) const {
    return {Severity::kError, std::move(check), std::move(text), WhatAnkiShows(answer_),
            std::move(remedy)};
  }

  Finding Reached() const {
    return Ok(area_, area_ == "sync" ? "Collections: the server answers."
                                     : "Images and sounds: the server answers.");
  }

  std::string Path() {
    const Mistake mistake = area_ == "sync" ? Mistake::kPath : Mistake::kMediaPath;
    return RemedyFor(mistake, conversation_.proxy());
  }

  Finding Unreached() const {
    const ServerAddress& address = conversation_.address();
    switch (answer_.end) {
      case WebAnswer::End::kNoHost:
        return Error("host", "There is no address for the name " + address.host + ".",
                     "Check how it is spelled, and that the name has an A or AAAA record.");
      case WebAnswer::End::kNoConnection:
        return Error("connection", "Nothing listens at " + address.authority + ".", kIsItStarted);
      case WebAnswer::End::kSilence:
        return Error("connection", address.authority + " is silent: " + answer_.why + ".",
                     kIsItStarted);
      default:
        return Error("http",
                     "What listens at " + address.authority + " does not speak " + address.scheme +
                         ": " + answer_.why + ".",
                     kIsItStarted);
    }
  }

  ServerAddress Other() const {
    const ServerAddress& address = conversation_.address();
    return address.WithScheme(address.is_https() ? "http" : "https");
  }

  // http where https is spoken, or the other way round.
  bool SpeaksOther() const {
    const bool is_there = answer_.end != WebAnswer::End::kNoHost &&
                          answer_.end != WebAnswer::End::kNoConnection &&
                          answer_.end != WebAnswer::End::kSilence;
    return is_there && conversation_.Reaches(area_, Other().Url(area_ + "/doctor"));
  }

  Finding OtherScheme() const {
    return Error(
        "scheme",
        "This port speaks " + Other().scheme + ", not " + conversation_.address().scheme + ".",
        "Type into Anki: " + Other().text());
  }

  Finding RefusedByUs() {
    if (answer_.Header("ankisync-error") == "unavailable") {
      return Error(area_, "The server answers that it is busy or stopping. Its log says why.",
                   "Ask again in a minute.");
    }
    if (answer_.Header("ankisync-error") != "not-found") {
      return {Severity::kWarning, area_,
              "The server answers, but is of another version than this doctor and cannot be "
              "examined.",
              "", "Use the ankisyncctl that came with the server."};
    }
    if (area_ == "msync") {
      return Error(area_, "Paths with /msync/ reach a server of ours that does not serve media.",
                   Path());
    }
    return LostPath();
  }

  Finding LostPath() {
    const ServerAddress& address = conversation_.address();
    std::string text = "A server of ours answers, but the path is not /sync/… when it gets there.";
    std::string remedy = Path();
    if (address.path != "/") {
      std::string base = address.path;
      base.pop_back();
      text += " Either it does not know that its address has " + base +
              " in it, or the proxy changes the path.";
      remedy += "\nOn the server:\nbase_path: " + base;
      if (conversation_.Reaches(area_, address.UrlFromRoot("sync/doctor")))
        remedy += "\nOr type into Anki: " + address.UrlFromRoot("");
    }
    return Error("path", text, remedy);
  }

  Finding Redirected() {
    const std::string location(answer_.Header("location"));
    const bool to_https = !conversation_.address().is_https() && location.starts_with("https://");
    return Error(
        "redirect",
        (to_https ? std::string("This address only points to https, and what Anki sends is lost "
                                "on the way")
                  : "This address points elsewhere, and what Anki sends is lost on the way") +
            " (" + std::to_string(answer_.status) + " to " + location + ").",
        to_https ? "Type into Anki: " + Other().text()
                 : "Type into Anki the address to which it points, without sync/doctor.");
  }

  Finding Changed() const {
    return Error("answer_body", "The answer is changed on its way, and is no longer what was sent.",
                 "Let the proxy compress, rewrite and filter nothing at this address.");
  }

  std::optional<Finding> RefusesChunks() {
    WebRequest sized = conversation_.MirrorOf(area_);
    sized.framing = WebRequest::Framing::kSized;
    if (!conversation_.AskMirror(sized)) return std::nullopt;
    return Error("chunks",
                 Upper(NameOf(conversation_.proxy())) + " refuses requests that come in chunks (" +
                     std::to_string(answer_.status) + "), and Anki sends no others.",
                 RemedyFor(Mistake::kChunks, conversation_.proxy()));
  }

  static std::string Upper(std::string text) {
    if (text.starts_with("a ")) text.front() = 'A';
    return text;
  }

  Finding RefusedByAnother() {
    const std::string who = NameOf(conversation_.proxy());
    const std::string status = std::to_string(answer_.status);
    if (answer_.status >= 502 && answer_.status <= 504) {
      return Error(
          area_,
          Upper(who) + " answers, but gets no answer from " + ServiceFor(area_) + " (" + status +
              ").",
          "Is " + ServiceFor(area_) + " started, and does the proxy name its port?\n" + Path());
    }
    if (answer_.status == 401 || answer_.status == 407) {
      return Error("password",
                   Upper(who) + " asks for a password of its own, which Anki cannot give.",
                   "Take the password away for this address. To keep strangers out, allow certain\n"
                   "addresses alone, or use a VPN such as Tailscale.");
    }
    if (Has(answer_.body, "/livez /readyz /metrics")) {
      return Error("port", "This is the server's port for its operator, not the one for Anki.",
                   "By itself the server listens for Anki on 27701 (27702: media alone).");
    }
    if (Has(answer_.body, "hostKey")) {
      return {Severity::kWarning, area_,
              "A sync server answers that is none of ours, and cannot be examined further.", "",
              ""};
    }
    return Error("website",
                 "Something else answers at " + conversation_.address().Url(area_ + "/") +
                     ", a website perhaps (" + status + Signature() + ").",
                 area_ == "sync"
                     ? "Check the address, its path and its port. If they are right:\n" + Path()
                     : Path());
  }

  std::string Signature() const {
    const std::string server(answer_.Header("server"));
    return server.empty() ? "" : ", Server: " + server;
  }

  Conversation& conversation_;
  const std::string area_;
  WebAnswer answer_;
};

}  // namespace

Finding Diagnose(Conversation& conversation, const std::string& area) {
  return Diagnosis(conversation, area).Make();
}

}  // namespace ankisync::doctor
