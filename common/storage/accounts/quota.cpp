// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/quota.h"

#include <string_view>

#include "common/core/size_text.h"

namespace ankisync {
namespace {

bool IsNear(std::int64_t max, std::int64_t used) { return used >= max - max / 10; }

std::string Files(std::int64_t files) { return std::to_string(files); }

void Warn(std::string_view what, std::optional<std::int64_t> max, std::int64_t used,
          std::string (*text)(std::int64_t), std::string& warning) {
  if (!max || !IsNear(*max, used)) return;
  if (!warning.empty()) warning += " ";
  warning += std::string(what) + " " + text(used) + " of the " + text(*max) +
             " that you have on this server.";
  if (used >= *max) warning += " Nothing new is taken until something is deleted.";
}

}  // namespace

std::string QuotaWarning(const Quota& quota, const Usage& usage) {
  std::string warning;
  Warn("Your cards and notes take", quota.collection_bytes_max, usage.collection_bytes, SizeText,
       warning);
  Warn("Your media files take", quota.media_bytes_max, usage.media_bytes, SizeText, warning);
  Warn("The number of your media files is", quota.media_files_max, usage.media_files, Files,
       warning);
  return warning;
}

std::string CollectionRefusal(std::int64_t bytes_max, std::int64_t bytes) {
  return "Your cards and notes would take " + SizeText(bytes) + ", and you have " +
         SizeText(bytes_max) +
         " on this server. Please delete what you do not need, and sync again in a minute.";
}

std::string MediaRefusal(const Quota& quota, const Usage& usage) {
  std::string text = "Your media files take " + SizeText(usage.media_bytes);
  if (quota.media_bytes_max) text += " of " + SizeText(*quota.media_bytes_max);
  text += " on this server, and there are " + Files(usage.media_files);
  if (quota.media_files_max) text += " of " + Files(*quota.media_files_max);
  return text + ". The next one has no room: please delete some, and sync again.";
}

}  // namespace ankisync
