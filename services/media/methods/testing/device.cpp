// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/methods/testing/device.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/codec/json_read.h"

namespace ankisync::media::testing {
namespace {

constexpr std::size_t kFilesAtOnce = 25;

std::string HashOf(const std::string& content) { return Hex(Sha1(content)); }

}  // namespace

std::string Device::Sync() {
  ++sync_;
  try {
    Scan();
    const bool has_fetched = Fetch();
    const bool has_sent = Send();
    if (has_fetched || has_sent) Compare();
    return "";
  } catch (const Stopped& stopped) {
    return stopped.why;
  }
}

int Device::SyncUntilQuiet() {
  constexpr int kSyncsMax = 10;
  int errors = 0;
  for (int n = 0; n < kSyncsMax; ++n) {
    if (Sync().empty()) return errors;
    ++errors;
  }
  ADD_FAILURE() << name_ << " never comes to rest";
  return errors;
}

void Device::Scan() {
  for (const auto& [name, content] : folder) {
    Known& known = table_[name];
    if (known.sha1 != HashOf(content)) known = {HashOf(content), true};
  }
  for (auto& [name, known] : table_) {
    if (known.sha1 && !folder.contains(name)) known = {std::nullopt, true};
  }
}

bool Device::Fetch() {
  if (server_().Usn(who()) == last_usn_) return false;
  for (;;) {
    const auto changes = json::Document::Parse(server_().Changes(last_usn_, who()));
    if (changes.root().items().empty()) return true;
    std::vector<std::string> wanted;
    for (const json::Value& row : changes.root().items()) {
      const std::string name(row.items()[0].text());
      const std::string sha1(row.items()[2].text());
      const auto found = table_.find(name);
      const bool is_here = found != table_.end() && found->second.sha1.has_value();
      if (sha1.empty()) {
        if (is_here && found->second.is_pending) continue;  // our addition beats the deletion
        if (found != table_.end()) table_.erase(found);
        folder.erase(name);
      } else if (is_here && found->second.sha1 == sha1) {
        found->second.is_pending = false;
      } else {
        wanted.push_back(name);
      }
    }
    Download(wanted);
    last_usn_ = *json::ReadInt<int>(changes.root().items().back().items()[1]);
  }
}

void Device::Download(const std::vector<std::string>& names) {
  for (std::size_t at = 0; at < names.size();) {
    const std::vector<std::string> next(
        names.begin() + static_cast<std::ptrdiff_t>(at),
        names.begin() + static_cast<std::ptrdiff_t>(std::min(at + kFilesAtOnce, names.size())));
    const Answer answer = server_().AskFor(next, who());
    if (answer.status != 200) throw Stopped{std::to_string(answer.status)};
    const auto entries = EntriesOf(answer.body);
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
      folder[next[i]] = entries[i].content;
      table_[next[i]] = {HashOf(entries[i].content), false};
    }
    at += entries.size() - 1;
  }
}

bool Device::Send() {
  bool has_sent = false;
  for (;;) {
    Files batch;
    for (const auto& [name, known] : table_) {
      if (!known.is_pending || batch.size() == kFilesAtOnce) continue;
      batch.emplace_back(name, known.sha1 ? std::optional(folder.at(name)) : std::nullopt);
    }
    if (batch.empty()) return has_sent;
    has_sent = true;
    const std::string answer = server_().Upload(batch, who());
    if (!answer.starts_with("[")) throw Stopped{answer};
    const auto numbers = json::Document::Parse(answer);
    const int processed = *json::ReadInt<int>(numbers.root().items()[0]);
    const int usn = *json::ReadInt<int>(numbers.root().items()[1]);
    for (int i = 0; i < processed; ++i) {
      const auto known = table_.find(batch[static_cast<std::size_t>(i)].first);
      if (known->second.sha1) {
        known->second.is_pending = false;
      } else {
        table_.erase(known);
      }
    }
    if (last_usn_ + processed == usn) last_usn_ = usn;
  }
}

void Device::Compare() {
  const auto files = std::count_if(table_.begin(), table_.end(),
                                   [](const auto& entry) { return entry.second.sha1.has_value(); });
  const std::string word = server_().Sanity(files, who());
  if (word == "OK") return;
  table_.clear();
  last_usn_ = 0;
  throw Stopped{word};
}

}  // namespace ankisync::media::testing
