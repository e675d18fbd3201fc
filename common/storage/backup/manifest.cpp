// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/manifest.h"

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/utc_text.h"

namespace ankisync {
namespace {

constexpr int kFormat = 1;

using Database = BackupManifest::Database;

void Write(json::Writer& out, const char* key, const std::optional<Database>& database) {
  if (!database) return;
  out.Key(key).StartObject().Key("sha1").Text(database->sha1);
  out.Key("bytes").Int(database->bytes).EndObject();
}

std::string TextOf(const json::Value& object, const char* key) {
  return std::string(json::Require(json::ReadText(json::RequireMember(object, key)), key));
}

std::int64_t IntOf(const json::Value& object, const char* key) {
  return json::Require(json::ReadInt<std::int64_t>(json::RequireMember(object, key)), key);
}

// A name becomes part of a path.
std::string HashOf(const json::Value& object) {
  std::string sha1 = TextOf(object, "sha1");
  if (sha1.size() != 40 || sha1.find_first_not_of("0123456789abcdef") != sha1.npos)
    throw SyncError(ErrorKind::kInconsistentData, "no SHA-1: " + sha1);
  return sha1;
}

std::optional<Database> DatabaseIn(const json::Value& object, const char* key) {
  const json::Value* found = object.Find(key);
  if (!found) return std::nullopt;
  return Database{.sha1 = HashOf(*found),
                  .bytes = static_cast<std::uint64_t>(IntOf(*found, "bytes"))};
}

BackupManifest::User UserIn(const json::Value& object) {
  return {.name = TextOf(object, "name"),
          .folder = TextOf(object, "folder"),
          .collection = DatabaseIn(object, "collection"),
          .media_index = DatabaseIn(object, "media_index"),
          .media_files = IntOf(object, "media_files"),
          .media_missing = IntOf(object, "media_missing")};
}

}  // namespace

std::string BackupName(UnixMillis made) { return CompactUtcText(made); }

std::string WriteManifest(const BackupManifest& manifest) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("format").Int(kFormat).Key("volume").Text(manifest.volume_id);
  Write(out, "accounts", manifest.accounts);
  Write(out, "sessions", manifest.sessions);
  out.Key("users").StartArray();
  for (const BackupManifest::User& user : manifest.users) {
    out.StartObject().Key("name").Text(user.name).Key("folder").Text(user.folder);
    Write(out, "collection", user.collection);
    Write(out, "media_index", user.media_index);
    out.Key("media_files").Int(user.media_files).Key("media_missing").Int(user.media_missing);
    out.EndObject();
  }
  out.EndArray().EndObject();
  return text + "\n";
}

BackupManifest ReadManifest(std::string name, std::string text) {
  try {
    const auto document = json::Document::Parse(std::move(text));
    const json::Value& root = document.root();
    if (IntOf(root, "format") != kFormat)
      throw SyncError(ErrorKind::kInconsistentData, "made by another version");
    BackupManifest manifest{.volume_id = TextOf(root, "volume"),
                            .accounts = DatabaseIn(root, "accounts"),
                            .sessions = DatabaseIn(root, "sessions")};
    for (const json::Value& user : json::RequireMember(root, "users").items())
      manifest.users.push_back(UserIn(user));
    manifest.name = std::move(name);
    return manifest;
  } catch (const SyncError& error) {
    throw SyncError(ErrorKind::kInconsistentData, "backup " + name + ": " + error.what());
  }
}

}  // namespace ankisync
