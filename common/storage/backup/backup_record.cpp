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

std::optional<UnixSeconds> TimeIn(const json::Value& object, const char* key) {
  const json::Value* found = object.Find(key);
  const auto seconds = found ? json::ReadInt<std::int64_t>(*found) : std::nullopt;
  return seconds ? std::optional(static_cast<UnixSeconds>(*seconds)) : std::nullopt;
}

}  // namespace

BackupRecord ReadBackupRecord(const Volume& volume) {
  try {
    auto text = ReadFile(FileOf(volume), kBytesMax);
    if (!text) return {};
    const auto document = json::Document::Parse(std::move(*text));
    return {.backup = TimeIn(document.root(), "backup_s"),
            .verify = TimeIn(document.root(), "verify_s")};
  } catch (const SyncError&) {
    return {};
  }
}

void WriteBackupRecord(const Volume& volume, const BackupRecord& record) {
  std::string text;
  json::Writer out(text);
  out.StartObject();
  if (record.backup) out.Key("backup_s").Int(Raw(*record.backup));
  if (record.verify) out.Key("verify_s").Int(Raw(*record.verify));
  out.EndObject();
  WriteFileAtomically(FileOf(volume), text + "\n");
}

}  // namespace ankisync
