// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include "common/core/error.h"
#include "common/http/application.h"
#include "common/protocol/method.h"

namespace ankisync::service {

int StatusOf(ErrorKind kind);

// The word for a kind in logs, metrics and the `ankisync-error` header.
const char* NameOf(ErrorKind kind);

// The one place where an error becomes an answer. `info` may be nullptr: no method was recognised.
http::Answer AnswerTo(const SyncError& error, const protocol::MethodInfo* info, int version);

// The account is not served for now. `meta` has told the person why; an upload that comes all the
// same is told in words, too.
class OnHold : public SyncError {
 public:
  explicit OnHold(std::string sentence)
      : SyncError(ErrorKind::kUnavailable, "the account is on hold"),
        sentence_(std::move(sentence)) {}
  const std::string& sentence() const { return sentence_; }

 private:
  std::string sentence_;
};

// Another server has the account, and `meta` says which: clients go there, and remember it.
class LivesElsewhere : public SyncError {
 public:
  explicit LivesElsewhere(std::string url)
      : SyncError(ErrorKind::kUnavailable, "the account lives at " + url), url_(std::move(url)) {}
  const std::string& url() const { return url_; }

 private:
  std::string url_;
};

// What an upload over its bound is told: clients show the text of a 200 that is not "OK".
inline constexpr char kCollectionTooLarge[] = "collection exceeds size limit";

}  // namespace ankisync::service
