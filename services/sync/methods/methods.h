// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/core/ids.h"
#include "common/protocol/request.h"
#include "common/service/caller.h"
#include "services/sync/session/user_collection.h"

// The twelve methods of /sync/, a file each. They read like the protocol text: framing, keys,
// strands and statuses were dealt with before, once for all. Source: docs/protocol.md, section 3.
namespace ankisync::sync {

using protocol::Reply;
using protocol::Request;

// The reply where there is nothing to say.
inline Reply NullReply() { return {std::string("null")}; }

struct Credentials {
  std::string user;
  std::string password;
  std::string client;  // as it calls itself
  std::string remote_address;
  std::uint64_t request;      // for the log
  bool is_passed_on = false;  // by another cell, and not to be passed on again
};

// Gives a key, and tells the log. Errors: kWrongCredentials, kUnavailable.
using Login = std::function<std::string(const Credentials&)>;

Reply HostKey(Request& request, const Login& login);

// Of a user's media, what `meta` tells of.
struct MediaSeen {
  std::int64_t usn = 0;
  std::int64_t bytes = 0;
  std::int64_t files = 0;
};

// What the client decides by. Disturbs no session. `media` is asked only where it is told.
struct MetaResult {
  Reply reply;
  int version = 0;             // of the protocol, that the client speaks
  std::string objection;       // why it may not go on, in words that it shows; empty: it may
  bool is_over_quota = false;  // which is why
};
MetaResult Meta(Request& request, const service::Caller& caller, UserCollection& user,
                UnixMillis now,
                const std::function<MediaSeen(const std::filesystem::path& user_folder)>& media);

// For an account that is on another server, which the client does not find by itself.
MetaResult MetaElsewhere(Request& request, const service::Caller& caller, UnixMillis now);

// Begins a session, ending any other, and tells what was deleted here since the client's last sync.
// Errors: kSessionConflict, and no session was ended; any other after the request was read ends the
// new one.
Reply Start(Request& request, const service::Caller& caller, UserCollection& user, UnixMillis now);

// Deletions of the client.
Reply ApplyGravesMethod(Request& request, Session& session, Collection& collection, UnixMillis now);

// Notetypes, decks, presets, tags and configuration: ours are gathered before the client's are
// applied.
Reply ApplyChanges(Request& request, Session& session, Collection& collection, UnixMillis now);

// Our reviews, cards and notes, about `bytes_max` of JSON a call.
Reply Chunk(Request& request, Session& session, Collection& collection, std::size_t bytes_max);

// The client's reviews, cards and notes. kMalformedRequest leaves the session as it was.
Reply ApplyChunk(Request& request, Session& session, Collection& collection, UnixMillis now);

struct SanityResult {
  bool ok = false;
  Reply reply;
  std::string difference;           // for the operator
  std::vector<SanityField> fields;  // that differ
};

// Compares row counts. A session that does not agree must be rolled back: the client goes on with a
// full sync.
SanityResult SanityCheck2(Request& request, Session& session, Collection& collection);

// Commits. The reply is `col.mod`, moved only when something changed here. Errors: kUnavailable
// when cards or notes were added for which the quota has no room.
Reply Finish(Request& request, const Quota& quota, UserCollection& user);

// Ends a session of the same device; a client that cancels comes with another session key.
Reply Abort(Request& request, DeviceId device, UserCollection& user);

// The whole file, in schema 11 for protocol 8 to 10. Ends any session, changes nothing.
std::unique_ptr<ByteSource> Download(Request& request, UserCollection& user);

}  // namespace ankisync::sync
