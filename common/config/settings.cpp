// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/settings.h"

#include "common/config/value.h"

namespace ankisync::config {
namespace {

struct AtMost {
  std::string_view smaller;
  std::string_view larger;
};

constexpr AtMost kAtMost[] = {
    {"limits.json_bytes", "limits.spool_bytes"},
    {"limits.collection_bytes", "limits.spool_bytes"},
    {"limits.media_batch_bytes", "limits.spool_bytes"},
    {"limits.legacy_form_bytes", "limits.spool_bytes"},
    {"limits.body_memory_bytes", "limits.memory_bytes"},
    {"limits.requests_per_user", "limits.requests"},
};

std::string Described(const Settings& settings, const Key& key) {
  return std::string(key.path) + " (" + TextOf(key, settings.config) + ", " +
         settings.OriginOf(key) + ")";
}

std::uint64_t NumberOf(const Key& key, Config config) {
  return *std::get<std::uint64_t*>(key.slot(config));
}

bool TakesEveryAddress(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

}  // namespace

void Settings::Set(const Key& key, std::string_view text, std::string_view origin) {
  Assign(key, config, text, origin);
  origins_[IndexOf(key)] = origin;
}

void Settings::Set(std::string_view path, std::string_view text, std::string_view origin) {
  Set(*FindKey(path), text, origin);
}

void CheckTogether(const Settings& settings) {
  const Config& config = settings.config;
  for (const AtMost& rule : kAtMost) {
    const Key& smaller = *FindKey(rule.smaller);
    const Key& larger = *FindKey(rule.larger);
    if (NumberOf(smaller, config) > NumberOf(larger, config)) {
      throw ConfigError(Described(settings, smaller) + " cannot be more than " +
                        Described(settings, larger));
    }
  }
  if (config.storage.journal_mode == JournalMode::kRollback) {
    throw ConfigError(Described(settings, *FindKey("storage.journal_mode")) +
                      " is not served by this version: the volume must be one that all processes "
                      "mount on the same machine, with wal");
  }
  if (config.cells.map.empty() != config.cells.self.empty()) {
    throw ConfigError(Described(settings, *FindKey("cells.map")) + " and " +
                      Described(settings, *FindKey("cells.self")) + " go together");
  }
  const bool meet = config.host == config.ops.host || TakesEveryAddress(config.host) ||
                    TakesEveryAddress(config.ops.host);
  if (meet && config.port == config.ops.port && config.port != 0) {
    throw ConfigError(Described(settings, *FindKey("port")) + " is taken twice: it is also " +
                      Described(settings, *FindKey("ops.port")));
  }
}

}  // namespace ankisync::config
