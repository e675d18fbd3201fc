// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/sync_service.h"

#include <utility>

#include "common/core/error.h"

namespace ankisync::sync {
namespace {

// Requests that were refused before anything was done.
bool LeavesSession(ErrorKind kind) {
  return kind == ErrorKind::kMalformedRequest || kind == ErrorKind::kTooLarge;
}

}  // namespace

SyncMethods::SyncMethods(OpenCollections& collections, const Clock& clock, Login login,
                         std::function<std::int64_t(const service::Caller&)> media_usn,
                         const SyncMethodsSettings& settings,
                         std::function<void(const SyncEvent&)> on_sync)
    : collections_(collections),
      clock_(clock),
      login_(std::move(login)),
      media_usn_(std::move(media_usn)),
      settings_(settings),
      on_sync_(std::move(on_sync)) {}

void SyncMethods::ServeOn(service::Service& service) {
  using protocol::Method;
  using service::Caller;
  service.Serve(Method::kHostKey,
                [this](Request& request, const Caller&) { return HostKey(request, login_); });
  service.Serve(Method::kMeta, [this](Request& request, const Caller& caller) {
    return Meta(request, caller, *UserOf(caller), clock_.Now(), [&] { return media_usn_(caller); });
  });
  service.Serve(Method::kStart, [this](Request& request, const Caller& caller) {
    return ServeStart(request, caller);
  });
  service.Serve(Method::kApplyGraves,
                Within([this](Request& request, UserCollection& user, Session& session) {
                  return ApplyGravesMethod(request, session, user.collection(), clock_.Now());
                }));
  service.Serve(Method::kApplyChanges,
                Within([this](Request& request, UserCollection& user, Session& session) {
                  return ApplyChanges(request, session, user.collection(), clock_.Now());
                }));
  service.Serve(Method::kChunk,
                Within([this](Request& request, UserCollection& user, Session& session) {
                  return Chunk(request, session, user.collection(), settings_.chunk_bytes);
                }));
  service.Serve(Method::kApplyChunk,
                Within([this](Request& request, UserCollection& user, Session& session) {
                  return ApplyChunk(request, session, user.collection(), clock_.Now());
                }));
  service.Serve(Method::kSanityCheck2, [this](Request& request, const Caller& caller) {
    return ServeSanityCheck(request, caller);
  });
  service.Serve(Method::kFinish, [this](Request& request, const Caller& caller) {
    return ServeFinish(request, caller);
  });
  service.Serve(Method::kAbort, [this](Request& request, const Caller& caller) {
    return Abort(request, caller.device, *UserOf(caller));
  });
  service.Serve(Method::kUpload, [this](Request& request, const Caller& caller) {
    return ServeUpload(request, caller);
  });
  service.Serve(Method::kDownload, [this](Request& request, const Caller& caller) {
    return ServeDownload(request, caller);
  });
}

template <typename Part>
auto SyncMethods::OrEndSession(UserCollection& user, const std::string& user_name, Part&& part) {
  try {
    return part();
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const SyncError*>(&error);
    if (user.session() && !(known && LeavesSession(known->kind()))) {
      on_sync_({SyncKind::kNormal, user_name, user.session()->client, SyncOutcome::kError,
                error.what(), user.session()->traffic});
      user.EndSession();
    }
    throw;
  }
}

service::Handler SyncMethods::Within(Step step) {
  return [this, step = std::move(step)](Request& request, const service::Caller& caller) {
    const auto user = UserOf(caller);
    Session& session = user->SessionOf(request.skey);
    Reply reply = OrEndSession(*user, caller.user, [&] { return step(request, *user, session); });
    if (auto* produce =
            std::get_if<Reply::Produce>(&reply.payload)) {  // runs as part of the session, too
      *produce = [this, user, name = caller.user, inner = std::move(*produce)](ByteSink& sink) {
        OrEndSession(*user, name, [&] { inner(sink); });
      };
    }
    return reply;
  };
}

Reply SyncMethods::ServeStart(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  if (const Session* open = user->session(); open && open->skey != request.skey) {
    // It is superseded when this start can be read; until then it is untouched.
    const SyncEvent superseded{SyncKind::kNormal,
                               caller.user,
                               open->client,
                               SyncOutcome::kSuperseded,
                               "another device began to sync",
                               open->traffic};
    Reply reply = OrEndSession(*user, caller.user,
                               [&] { return Start(request, caller.device, *user, clock_.Now()); });
    on_sync_(superseded);
    return reply;
  }
  return OrEndSession(*user, caller.user,
                      [&] { return Start(request, caller.device, *user, clock_.Now()); });
}

Reply SyncMethods::ServeSanityCheck(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  Session& session = user->SessionOf(request.skey);
  SanityResult result = OrEndSession(
      *user, caller.user, [&] { return SanityCheck2(request, session, user->collection()); });
  if (!result.ok) {
    on_sync_({SyncKind::kNormal, caller.user, session.client, SyncOutcome::kSanityFailed,
              "sanity check: " + result.difference, session.traffic});
    user->EndSession();
  }
  return std::move(result.reply);
}

Reply SyncMethods::ServeFinish(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  const Session& session = user->SessionOf(request.skey);
  SyncEvent event{SyncKind::kNormal, caller.user, session.client,
                  SyncOutcome::kOk,  {},          session.traffic};
  Reply reply = OrEndSession(*user, caller.user, [&] { return Finish(request, *user); });
  on_sync_(event);
  return reply;
}

Reply SyncMethods::ServeUpload(Request& request, const service::Caller& caller) {
  UploadResult result = Upload(request, *UserOf(caller));
  const auto outcome = result.detail.empty() ? SyncOutcome::kOk : SyncOutcome::kRefused;
  on_sync_({SyncKind::kUpload, caller.user, request.client, outcome, std::move(result.detail), {}});
  return std::move(result.reply);
}

Reply SyncMethods::ServeDownload(Request& request, const service::Caller& caller) {
  Reply reply = Download(request, *UserOf(caller));
  on_sync_({SyncKind::kDownload, caller.user, request.client, SyncOutcome::kOk, {}, {}});
  return reply;
}

}  // namespace ankisync::sync
