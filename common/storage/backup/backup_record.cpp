// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/backup/backup_record.h"

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync {
namespace {

constexpr std::uint64_t kBytesMax = 4096;

std::filesystem::path FileOf(const Volume& volume) { return volume.root() / "backup.json"; }

std::optional<std::int64_t> IntIn(const json::Value& object, const char* key) {
  const json::Value* found = object.Find(key);
  return found ? json::ReadInt<std::int64_t>(*found) : std::nullopt;
}

std::optional<UnixSeconds> TimeIn(const json::Value& object, const char* key) {
  const auto seconds = IntIn(object, key);
  return seconds ? std::optional(static_cast<UnixSeconds>(*seconds)) : std::nullopt;
}

}  // namespace

BackupRecord ReadBackupRecord(const Volume& volume) {
  try {
    auto text = ReadFile(FileOf(volume), kBytesMax);
    if (!text) return {};
    const auto document = json::Document::Parse(std::move(*text));
    const json::Value& object = document.root();
    return {.backup = TimeIn(object, "backup_s"),
            .verify = TimeIn(object, "verify_s"),
            .attempt = TimeIn(object, "attempt_s"),
            .took_ms = IntIn(object, "took_ms"),
            .new_bytes = IntIn(object, "new_bytes"),
            .failed_backups = IntIn(object, "failed_backups").value_or(0),
            .failed_verifies = IntIn(object, "failed_verifies").value_or(0)};
  } catch (const SyncError&) {
    return {};
  }
}

void ChangeBackupRecord(const Volume& volume, const std::function<void(BackupRecord&)>& change) {
  BackupRecord record = ReadBackupRecord(volume);
  change(record);
  std::string text;
  json::Writer out(text);
  out.StartObject();
  if (record.backup) out.Key("backup_s").Int(Raw(*record.backup));
  if (record.verify) out.Key("verify_s").Int(Raw(*record.verify));
  if (record.attempt) out.Key("attempt_s").Int(Raw(*record.attempt));
  if (record.took_ms) out.Key("took_ms").Int(*record.took_ms);
  if (record.new_bytes) out.Key("new_bytes").Int(*record.new_bytes);
  out.Key("failed_backups").Int(record.failed_backups);
  out.Key("failed_verifies").Int(record.failed_verifies);
  out.EndObject();
  WriteFileAtomically(FileOf(volume), text + "\n");
}

void TryToChangeBackupRecord(const Volume& volume,
                             const std::function<void(BackupRecord&)>& change) {
  try {
    ChangeBackupRecord(volume, change);
  } catch (const SyncError&) {
  }
}

}  // namespace ankisync
