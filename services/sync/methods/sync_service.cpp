// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/sync_service.h"

#include <utility>

#include "common/core/error.h"
#include "common/core/watched_source.h"
#include "services/sync/methods/delivery.h"

namespace ankisync::sync {
namespace {

// Requests that were refused before anything was done.
bool LeavesSession(ErrorKind kind) {
  return kind == ErrorKind::kMalformedRequest || kind == ErrorKind::kTooLarge;
}

SyncOutcome OutcomeOf(const std::exception& error) {
  const auto* known = dynamic_cast<const SyncError*>(&error);
  if (!known) return SyncOutcome::kError;
  if (known->kind() == ErrorKind::kSessionConflict) return SyncOutcome::kConflict;
  return LeavesSession(known->kind()) ? SyncOutcome::kRefused : SyncOutcome::kError;
}

Session& SessionOf(UserCollection& user, const Request& request) {
  Session& session = user.SessionOf(request.skey);
  session.last_method = request.method->name;
  session.last_request = request.id;
  return session;
}

// Runs a part of the session that the request names. When it fails, that session is rolled back;
// only a request that could not be read leaves it.
template <typename Part>
auto OrEndSession(UserCollection& user, Request& request, Part&& part) {
  try {
    return part();
  } catch (const std::exception& error) {
    const bool is_open = user.session() && user.session()->skey == request.skey;
    if (is_open && OutcomeOf(error) != SyncOutcome::kRefused) {
      user.EndSession(SyncOutcome::kError, error.what());
      request.is_logged = true;
    }
    throw;
  }
}

void CountReceived(Request& request, std::uint64_t& bytes) {
  request.payload = std::make_unique<WatchedSource>(
      std::move(request.payload), [&bytes](std::size_t count) { bytes += count; });
}

class CountedSink final : public ByteSink {
 public:
  CountedSink(ByteSink& sink, std::uint64_t& bytes) : sink_(sink), bytes_(bytes) {}
  void Write(std::string_view text) override {
    sink_.Write(text);
    bytes_ += text.size();
  }

 private:
  ByteSink& sink_;
  std::uint64_t& bytes_;
};

}  // namespace

SyncMethods::SyncMethods(OpenCollections& collections, const Clock& clock, Login login,
                         MediaToTell media, const SyncMethodsSettings& settings,
                         SyncObserver& observer)
    : collections_(collections),
      clock_(clock),
      login_(std::move(login)),
      media_(std::move(media)),
      settings_(settings),
      observer_(observer) {
  collections_.WhenSessionEnds(
      [this](const Session& session, SyncOutcome outcome, const std::string& reason) {
        End({.user = session.user,
             .client = session.client,
             .method = session.last_method,
             .request = session.last_request,
             .began = session.began,
             .traffic = session.traffic},
            outcome, reason);
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
      [this](Request& request, const Caller& caller) { return ServeMeta(request, caller); },
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
    return ServeUpload(request, caller);
  });
  service.Serve(Method::kDownload, [this](Request& request, const Caller& caller) {
    return ServeDownload(request, caller);
  });
}

void SyncMethods::AnswerLateUploads() {
  for (const auto& upload : uploads_.all()) upload->AnswerIfDue(clock_.Steady());
}

void SyncMethods::GiveUpUploads() {
  for (const auto& upload : uploads_.all()) upload->GiveUp();
}

SyncEvent SyncMethods::Begin(SyncKind kind, const Request& request, const service::Caller& caller) {
  observer_.Started(kind);
  return {.kind = kind,
          .user = caller.user,
          .client = request.client,
          .method = request.method->name,
          .request = request.id,
          .began = clock_.Steady()};
}

void SyncMethods::End(SyncEvent attempt, SyncOutcome outcome, std::string reason) {
  attempt.outcome = outcome;
  attempt.reason = std::move(reason);
  attempt.duration = clock_.Steady() - attempt.began;
  observer_.Ended(attempt);
}

template <typename Part>
auto SyncMethods::OrEnd(const SyncEvent& attempt, Request& request, Part&& part) {
  try {
    return part();
  } catch (const std::exception& error) {
    if (!std::exchange(request.is_logged, true)) End(attempt, OutcomeOf(error), error.what());
    throw;
  }
}

service::Handler SyncMethods::Within(Step step) {
  return [this, step = std::move(step)](Request& request, const service::Caller& caller) {
    const auto user = UserOf(caller);
    Session& session = SessionOf(*user, request);
    CountReceived(request, session.traffic.received.bytes);
    Reply reply = OrEndSession(*user, request, [&] { return step(request, *user, session); });
    std::uint64_t& sent = session.traffic.sent.bytes;
    if (const auto* text = std::get_if<Reply::Text>(&reply.payload)) sent += text->size();
    if (auto* produce =
            std::get_if<Reply::Produce>(&reply.payload)) {  // runs as part of the session, too
      *produce = [user, &request, &sent, inner = std::move(*produce)](ByteSink& sink) {
        OrEndSession(*user, request, [&] {
          CountedSink counted(sink, sent);
          inner(counted);
        });
      };
    }
    return reply;
  };
}

bool SyncMethods::HasMetaAtHand(const service::Caller& caller) {
  if (caller.hold) return false;
  const auto user = collections_.Known(caller.account);
  return user && user->is_open() && !user->HasRefusals() && media_.is_at_hand(user->folder());
}

Reply SyncMethods::ServeMeta(Request& request, const service::Caller& caller) {
  MetaResult result = caller.elsewhere
                          ? MetaElsewhere(request, caller, clock_.Now())
                          : Meta(request, caller, *UserOf(caller), clock_.Now(), media_.get);
  observer_.Asked(request.client, result.version);
  if (result.is_over_quota) observer_.QuotaExceeded();
  if (!result.objection.empty()) {  // the client goes no further
    End(Begin(SyncKind::kNormal, request, caller), SyncOutcome::kRefused, result.objection);
  }
  return std::move(result.reply);
}

Reply SyncMethods::ServeStart(Request& request, const service::Caller& caller) {
  const SyncEvent attempt = Begin(SyncKind::kNormal, request, caller);
  std::uint64_t received = 0;
  CountReceived(request, received);
  return OrEnd(attempt, request, [&] {
    const auto user = UserOf(caller);
    Reply reply =
        OrEndSession(*user, request, [&] { return Start(request, caller, *user, clock_.Now()); });
    Traffic& traffic = user->session()->traffic;
    traffic.received.bytes += received;
    traffic.sent.bytes += std::get<Reply::Text>(reply.payload).size();
    return reply;
  });
}

Reply SyncMethods::ServeSanityCheck(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  Session& session = SessionOf(*user, request);
  SanityResult result = OrEndSession(
      *user, request, [&] { return SanityCheck2(request, session, user->collection()); });
  if (!result.ok) {
    for (const SanityField field : result.fields) observer_.CountDiffers(field);
    observer_.OneWayForced(OneWayReason::kSanityCheck);
    user->NoteSanityFailure(result.difference);
    user->EndSession(SyncOutcome::kSanityFailed, "sanity check: " + result.difference);
  }
  return std::move(result.reply);
}

Reply SyncMethods::ServeFinish(Request& request, const service::Caller& caller) {
  const auto user = UserOf(caller);
  SessionOf(*user, request);
  return OrEndSession(*user, request, [&] { return Finish(request, caller.quota, *user); });
}

Reply SyncMethods::ServeUpload(Request& request, const service::Caller& caller) {
  SyncEvent attempt = Begin(SyncKind::kUpload, request, caller);
  auto progress = std::make_shared<UploadInProgress>(
      clock_.Steady() - request.waited + settings_.upload_check,
      [answer = request.answer_early] { answer({std::string(kUploadStillChecked)}); });
  std::shared_ptr<UserCollection> user;
  auto upload = OrEnd(attempt, request, [&] {
    user = UserOf(caller);
    return std::make_shared<Upload>(*user, caller.quota, progress);
  });
  uploads_.Add(progress);
  CountReceived(request, attempt.traffic.received.bytes);
  upload->ReceiveAndCheck(*request.payload, clock_, settings_.check);
  if (progress->EndInTime()) {
    return OrEnd(attempt, request,
                 [&] { return Reply{Conclude(*upload, *user, attempt).value_or("OK")}; });
  }
  collections_.StrandOf(caller.account)
      ->Post([this, attempt, device = caller.device, user = std::move(user),
              progress = std::move(progress), upload = std::move(upload)] {
        std::optional<std::string> sentence = kUploadFailed;
        try {
          sentence = Conclude(*upload, *user, attempt);
        } catch (const std::exception& error) {
          End(attempt, OutcomeOf(error), error.what());
        }
        if (sentence && !progress->given_up()) user->RememberRefusal(device, *sentence);
      });
  return {};  // was answered
}

std::optional<std::string> SyncMethods::Conclude(Upload& upload, UserCollection& user,
                                                 const SyncEvent& attempt) {
  const auto refusal = upload.Conclude(user);
  if (upload.is_over_quota()) observer_.QuotaExceeded();
  if (upload.changed_schema()) observer_.OneWayForced(OneWayReason::kSchemaChanged);
  End(attempt, refusal ? SyncOutcome::kRefused : SyncOutcome::kOk, refusal ? refusal->detail : "");
  return refusal ? std::optional(refusal->sentence) : std::nullopt;
}

Reply SyncMethods::ServeDownload(Request& request, const service::Caller& caller) {
  SyncEvent attempt = Begin(SyncKind::kDownload, request, caller);
  auto file = OrEnd(attempt, request, [&] { return Download(request, *UserOf(caller)); });
  return {std::make_unique<Delivery>(
      std::move(file), [this, attempt](std::uint64_t bytes, bool is_whole) mutable {
        attempt.traffic.sent.bytes = bytes;
        End(attempt, is_whole ? SyncOutcome::kOk : SyncOutcome::kAborted,
            is_whole ? "" : "the client went away");
      })};
}

}  // namespace ankisync::sync
