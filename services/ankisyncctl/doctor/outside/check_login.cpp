// SPDX-License-Identifier: AGPL-3.0-or-later
#include <cstdlib>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "services/ankisyncctl/doctor/outside/client_words.h"
#include "services/ankisyncctl/doctor/outside/outside.h"

namespace ankisync::doctor {
namespace {

constexpr std::int64_t kClockSecondsMax = 300;  // Anki's own bound

// The steps of a sync until it would change something.
class Login {
 public:
  Login(Conversation& conversation, Findings& findings)
      : conversation_(conversation), findings_(findings) {}

  void Run(const Credentials& credentials, UnixMillis now) try {
    std::string words;
    json::Writer(words)
        .StartObject()
        .Key("u")
        .Text(credentials.user)
        .Key("p")
        .Text(credentials.password)
        .EndObject();
    const auto login = Call("sync/hostKey", words);
    if (!login) return;
    hkey_ = TextOf(login->root(), "key");
    Note(
        "The login made a device of the account, \"doctor\". To take it away: ankisyncctl device "
        "list, device revoke.");
    const auto meta = Call("sync/meta", R"({"v":11,"cv":"doctor,ankisyncctl,linux"})");
    if (!meta) return;
    JudgeMeta(meta->root(), now);
    const auto begin = Call("msync/begin", R"({"v":"doctor,ankisyncctl,linux"})");
    if (begin) CompareMedia(meta->root(), begin->root());
  } catch (const SyncError& error) {
    Error("An answer is not what Anki expects: " + std::string(error.what()) + ".", "an error.");
  }

 private:
  // Nothing: it failed, and a finding says so.
  std::optional<json::Document> Call(const std::string& method, const std::string& json) {
    const WebAnswer answer = conversation_.Ask({.url = conversation_.address().Url(method),
                                                .headers = {{"anki-sync", SyncHeader(hkey_)}},
                                                .body = ZstdCompress(json)});
    if (auto text = PayloadOf(answer)) return json::Document::Parse(*std::move(text));
    const bool is_wrong = method == "sync/hostKey" && answer.status == 403;
    Error(is_wrong ? "Name or password are wrong."
                   : method + " fails (" + std::to_string(answer.status) + answer.why + ").",
          WhatAnkiShows(answer));
    return std::nullopt;
  }

  void JudgeMeta(const json::Value& meta, UnixMillis now) {
    const auto there =
        json::Require(json::ReadInt<std::int64_t>(json::RequireMember(meta, "ts")), "ts");
    const auto apart = there - Raw(ToSeconds(now));
    if (std::abs(apart) > kClockSecondsMax) {
      Error("The server's clock and this machine's are " + std::to_string(std::abs(apart)) +
                " seconds apart, the server's " + (apart > 0 ? "ahead" : "behind") + ".",
            "that the clock is not set to the correct time, and does not sync.");
    }
    const std::string told = TextOf(meta, "msg");
    if (!json::RequireMember(meta, "cont").boolean()) {
      Error("The server lets this account not sync now: " + told, "this sentence.");
    } else if (!told.empty()) {
      Note("The server has something to tell this account: " + told);
    }
  }

  void CompareMedia(const json::Value& meta, const json::Value& begin) {
    const json::Value& data = json::RequireMember(begin, "data");
    const auto by_collections = json::ReadInt<int>(json::RequireMember(meta, "media_usn"));
    const auto by_media = json::ReadInt<int>(json::RequireMember(data, "usn"));
    if (by_collections != by_media) {
      return Error(
          "The services for collections and for media count media differently. If nobody "
          "was syncing at this moment, they do not use the same data folder.",
          "media that never finish to sync.");
    }
    findings_.push_back({Severity::kOk, "login",
                         "Login, the beginning of a sync and of a media sync succeed.", "", ""});
  }

  static std::string TextOf(const json::Value& object, std::string_view key) {
    return std::string(json::Require(json::ReadText(json::RequireMember(object, key)), key));
  }

  void Error(std::string text, std::string client) {
    findings_.push_back({Severity::kError, "login", std::move(text), std::move(client), ""});
  }
  void Note(std::string text) {
    findings_.push_back({Severity::kNote, "login", std::move(text), "", ""});
  }

  Conversation& conversation_;
  Findings& findings_;
  std::string hkey_;
};

}  // namespace

void CheckLogin(Conversation& conversation, const Credentials& credentials, UnixMillis now,
                Findings& findings) {
  Login(conversation, findings).Run(credentials, now);
}

}  // namespace ankisync::doctor
