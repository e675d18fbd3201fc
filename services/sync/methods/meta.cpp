// SPDX-License-Identifier: AGPL-3.0-or-later
#include <optional>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/protocol/sync_header.h"
#include "services/sync/methods/methods.h"
#include "services/sync/methods/upload.h"

namespace ankisync::sync {
namespace {

constexpr int kFirstWithSchedulerV2 = 9;
constexpr int kFirstWithNewTimezone = 10;

// What was refused of late would be refused again.
bool IsOverQuota(const service::Caller& caller, const UserCollection& user) {
  const auto& bytes_max = caller.quota.collection_bytes_max;
  return !caller.hold && bytes_max && user.refused_bytes() > *bytes_max;
}

// Why this client may not go on, in words that it shows.
std::optional<std::string> Objection(int version, const service::Caller& caller,
                                     UserCollection& user, const Committed& committed) {
  if (caller.hold) return caller.hold->sentence;
  if (IsOverQuota(caller, user))
    return CollectionRefusal(*caller.quota.collection_bytes_max, user.refused_bytes());
  if (version > protocol::kVersionMax) {
    return "This sync server is older than your Anki and must be updated first.";
  }
  if (committed.scheduler_v2 && version < kFirstWithSchedulerV2) {
    return "Your client does not support the v2 scheduler";
  }
  if (committed.new_timezone && version < kFirstWithNewTimezone) {
    return "Your client does not support the new timezone handling.";
  }
  if (user.HasUploadInProgress()) return kUploadStillChecked;
  return user.TakeRefusal(caller.device);
}

int ClientVersion(Request& request) {
  const json::Document document = protocol::ReadJson(request);
  const json::Value& object = json::RequireObject(document.root(), "meta");
  json::Require(json::ReadText(json::RequireMember(object, "cv")), "cv");
  return json::Require(json::ReadInt<std::uint8_t>(json::RequireMember(object, "v")), "v");
}

// Of the protocol, that the client speaks.
int VersionOf(Request& request) {
  const int in_body = ClientVersion(request);
  // A form counts as version 10, whatever the client is; a framing newer than ours says enough.
  const int version = request.version > protocol::kVersionMax ? request.version : in_body;
  if (version < protocol::kVersionMin)
    throw SyncError(ErrorKind::kClientTooOld, "meta of version " + std::to_string(version));
  return version;
}

Reply ReplyOf(const Committed& committed, const MediaSeen& media, UnixMillis now,
              const std::optional<std::string>& objection, std::string_view remark) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  out.Key("mod").Int(Raw(committed.col.mod)).Key("scm").Int(Raw(committed.col.scm));
  out.Key("usn").Int(Raw(committed.col.usn)).Key("ts").Int(Raw(ToSeconds(now)));
  out.Key("msg").Text(objection ? *objection : remark).Key("cont").Bool(!objection);
  out.Key("hostNum").Int(0).Key("empty").Bool(committed.empty).Key("media_usn").Int(media.usn);
  out.EndObject();
  return {std::move(text)};
}

}  // namespace

MetaResult Meta(Request& request, const service::Caller& caller, UserCollection& user,
                UnixMillis now,
                const std::function<MediaSeen(const std::filesystem::path&)>& media) {
  const int version = VersionOf(request);
  // Whoever asked for the hold may be replacing the file.
  if (caller.hold) user.Close("the account is on hold");
  const Committed committed = caller.hold ? Committed() : user.committed();
  const MediaSeen seen = caller.hold ? MediaSeen() : media(user.folder());
  const auto objection = Objection(version, caller, user, committed);
  const Usage usage{committed.used_bytes, seen.bytes, seen.files};
  if (!caller.hold) user.RememberMeta(request.skey);

  return {ReplyOf(committed, seen, now, objection, QuotaWarning(caller.quota, usage)), version,
          objection.value_or(""), IsOverQuota(caller, user)};
}

MetaResult MetaElsewhere(Request& request, const service::Caller& caller, UnixMillis now) {
  const int version = VersionOf(request);
  return {ReplyOf({}, {}, now, caller.hold->sentence, {}), version, caller.hold->sentence};
}

}  // namespace ankisync::sync
