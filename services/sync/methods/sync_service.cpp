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

// Runs a part of the session that `skey` names. When it fails, that session is rolled back; only a
// request that could not be read leaves it.
template <typename Part>
auto OrEndSession(UserCollection& user, const std::string& skey, Part&& part) {
  try {
    return part();
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const SyncError*>(&error);
    const bool is_open = user.session() && user.session()->skey == skey;
    if (is_open && !(known && LeavesSession(known->kind()))) {
      user.EndSession(SyncOutcome::kError, error.what());
    }
    throw;
  }
}

}  // namespace

SyncMethods::SyncMethods(OpenCollections& collections, const Clock& clock, Login login,
                         MediaToTell media, const SyncMethodsSettings& settings,
                         std::function<void(const SyncEvent&)> on_sync)
    : collections_(collections),
      clock_(clock),
      login_(std::move(login)),
      media_(std::move(media)),
      settings_(settings),
      on_sync_(std::move(on_sync)) {
  collections_.WhenSessionEnds([this](const Session& session, SyncOutcome outcome,
                                      const std::string& reason) {
    on_sync_({SyncKind::kNormal, session.user, session.client, outcome, reason, session.traffic});
  });
}

SyncMethods::~SyncMethods() { collections_.WhenSessionEnds({}); }

void SyncMethods::ServeOn(service::Service& service) {
  using protocol::Method;
  using service::Caller;
  service.Serve(Method::kHostKey,
                [this](Request& request, const Caller&) { return HostKey(request, login_); });
  service.Serve(
      Method::kMeta,
      [this](Request& request, const Caller& caller) {
        return Meta(request, caller, *UserOf(caller), clock_.Now(), media_.get);
      },
      [this](const Caller& caller) { return HasMetaAtHand(caller); });
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
    return ServeFull(SyncKind::kUpload, request, caller,
                     [&] { return Upload(request, caller.quota, *UserOf(caller), clock_.Now()); });
  });
  service.Serve(Method::kDownload, [this](Request& request, const Caller& caller) {
    return ServeFull(SyncKind::kDownload, request, caller, [&] {
      return UploadResult{Download(request, *UserOf(caller)), {}};
    });
  });
}

service::Handler SyncMethods::Within(Step step) {
  return [this, step = std::move(step)](Request& request, const service::Caller& caller) {
    const auto user = UserOf(caller);
    Session& session = user->SessionOf(request.skey);
    Reply reply = OrEndSession(*user, request.skey, [&] { return step(request, *user, session); });
    if (auto* produce =
            std::get_if<Reply::Produce>(&reply.payload)) {  // runs as part of the session, too
      *produce = [user, skey = request.skey, inner = std::move(*produce)](ByteSink& sink) {
        OrEndSession(*user, skey, [&] { inner(sink); });
      };
    }
    return reply;
  };
}

bool SyncMethods::HasMetaAtHand(const service::Caller& caller) {
  if (caller.hold) return false;
  const auto user = collections_.Known(caller.account);
  return user && user->is_open() && media_.is_at_hand(user->folder());
}

Reply SyncMethods::ServeStart(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  try {
    return OrEndSession(*user, request.skey,
                        [&] { return Start(request, caller, *user, clock_.Now()); });
  } catch (const SyncError& error) {
    if (error.kind() == ErrorKind::kSessionConflict) {  // an attempt that never became a session
      on_sync_({SyncKind::kNormal,
                caller.user,
                request.client,
                SyncOutcome::kConflict,
                error.what(),
                {}});
    }
    throw;
  }
}

Reply SyncMethods::ServeSanityCheck(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  Session& session = user->SessionOf(request.skey);
  SanityResult result = OrEndSession(
      *user, request.skey, [&] { return SanityCheck2(request, session, user->collection()); });
  if (!result.ok) {
    user->EndSession(SyncOutcome::kSanityFailed, "sanity check: " + result.difference);
  }
  return std::move(result.reply);
}

Reply SyncMethods::ServeFinish(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  user->SessionOf(request.skey);
  return OrEndSession(*user, request.skey, [&] { return Finish(request, caller.quota, *user); });
}

template <typename Part>
Reply SyncMethods::ServeFull(SyncKind kind, const Request& request, const service::Caller& caller,
                             Part&& part) {
  SyncEvent event{kind, caller.user, request.client, SyncOutcome::kOk, {}, {}};
  try {
    UploadResult result = part();
    event.reason = std::move(result.detail);
    if (!event.reason.empty()) event.outcome = SyncOutcome::kRefused;
    on_sync_(event);
    return std::move(result.reply);
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const SyncError*>(&error);
    event.outcome =
        known && LeavesSession(known->kind()) ? SyncOutcome::kRefused : SyncOutcome::kError;
    event.reason = error.what();
    on_sync_(event);
    throw;
  }
}

}  // namespace ankisync::sync
