// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string_view>

// The methods of the protocol and how a path names one. Source: docs/protocol.md.
namespace ankisync::protocol {

enum class Area { kCollection, kMedia };  // /sync/ and /msync/

enum class Method {
  kHostKey,
  kMeta,
  kStart,
  kApplyGraves,
  kApplyChanges,
  kChunk,
  kApplyChunk,
  kSanityCheck2,
  kFinish,
  kAbort,
  kUpload,
  kDownload,
  kMediaBegin,
  kMediaChanges,
  kMediaUploadChanges,
  kMediaDownloadFiles,
  kMediaSanity,
};

enum class Needs {
  kNothing,  // a login
  kHkey,
  kSkey,  // and a key of the session
};

// What a method does to an open session of the same user.
enum class OpenSession { kUntouched, kReplaced, kMustMatch, kEnded };

// How its body is bounded: JSON texts, the collection's file, a batch of media files.
enum class Payload { kJson, kCollection, kMediaBatch };

struct MethodInfo {
  Method method;
  Area area;
  std::string_view name;
  Needs needs;
  OpenSession open_session;
  Payload payload = Payload::kJson;
  bool get_allowed = false;
};

inline constexpr std::array kMethods = {
    MethodInfo{Method::kHostKey, Area::kCollection, "hostKey", Needs::kNothing,
               OpenSession::kUntouched},
    MethodInfo{Method::kMeta, Area::kCollection, "meta", Needs::kHkey, OpenSession::kUntouched},
    MethodInfo{Method::kStart, Area::kCollection, "start", Needs::kSkey, OpenSession::kReplaced},
    MethodInfo{Method::kApplyGraves, Area::kCollection, "applyGraves", Needs::kSkey,
               OpenSession::kMustMatch},
    MethodInfo{Method::kApplyChanges, Area::kCollection, "applyChanges", Needs::kSkey,
               OpenSession::kMustMatch},
    MethodInfo{Method::kChunk, Area::kCollection, "chunk", Needs::kSkey, OpenSession::kMustMatch},
    MethodInfo{Method::kApplyChunk, Area::kCollection, "applyChunk", Needs::kSkey,
               OpenSession::kMustMatch},
    MethodInfo{Method::kSanityCheck2, Area::kCollection, "sanityCheck2", Needs::kSkey,
               OpenSession::kMustMatch},
    MethodInfo{Method::kFinish, Area::kCollection, "finish", Needs::kSkey, OpenSession::kMustMatch},
    MethodInfo{Method::kAbort, Area::kCollection, "abort", Needs::kHkey, OpenSession::kUntouched},
    MethodInfo{Method::kUpload, Area::kCollection, "upload", Needs::kHkey, OpenSession::kEnded,
               Payload::kCollection},
    MethodInfo{Method::kDownload, Area::kCollection, "download", Needs::kHkey, OpenSession::kEnded},
    MethodInfo{Method::kMediaBegin, Area::kMedia, "begin", Needs::kHkey, OpenSession::kUntouched,
               Payload::kJson, true},
    MethodInfo{Method::kMediaChanges, Area::kMedia, "mediaChanges", Needs::kHkey,
               OpenSession::kUntouched},
    MethodInfo{Method::kMediaUploadChanges, Area::kMedia, "uploadChanges", Needs::kHkey,
               OpenSession::kUntouched, Payload::kMediaBatch},
    MethodInfo{Method::kMediaDownloadFiles, Area::kMedia, "downloadFiles", Needs::kHkey,
               OpenSession::kUntouched},
    MethodInfo{Method::kMediaSanity, Area::kMedia, "mediaSanity", Needs::kHkey,
               OpenSession::kUntouched},
};

const MethodInfo& InfoOf(Method method);

// What a path under the client port asks for.
struct Target {
  Area area;
  const MethodInfo* info;  // nullptr: no method has this name
  std::string_view name;   // in the path
};

// Reads "/sync/meta", and what people type or proxies make of it: doubled slashes, a doubled prefix
// ("/sync/sync/meta",
// "/sync/msync/begin"), and `base_path` ("/anki") in front. Nothing for any other path.
std::optional<Target> TargetOf(std::string_view path, std::string_view base_path = {});

}  // namespace ankisync::protocol
