// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/keys.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/config/text_rules.h"

namespace ankisync::config {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
constexpr std::uint64_t kHourMs = 3'600'000;

constexpr Range kPort{0, 65'535};
constexpr Range kSize{4096, 64 * kTiB};
constexpr Range kTime{1, 24 * kHourMs};

const Key kKeys[] = {
    {.path = "data",
     .slot = [](Config& c) -> Slot { return &c.data; },
     .about = "The folder with everything that must survive: accounts, collections, media."},
    {.path = "host",
     .slot = [](Config& c) -> Slot { return &c.host; },
     .about = "The address on which clients are served; :: takes IPv4 and IPv6.",
     .rule = kAddressRule},
    {.path = "port",
     .slot = [](Config& c) -> Slot { return &c.port; },
     .about = "The port on which clients are served; 0 takes any free one.",
     .range = kPort},
    {.path = "base_path",
     .slot = [](Config& c) -> Slot { return &c.base_path; },
     .about = "What a proxy leaves in front of /sync/ and /msync/.",
     .rule = kBasePathRule},

    {.path = "ops.host",
     .slot = [](Config& c) -> Slot { return &c.ops.host; },
     .about = "The address of /livez, /readyz, /metrics and /version: not for clients.",
     .rule = kAddressRule},
    {.path = "ops.port",
     .slot = [](Config& c) -> Slot { return &c.ops.port; },
     .about = "The port of /livez, /readyz, /metrics and /version; 0 takes any free one.",
     .range = kPort},

    {.path = "proxy.trusted",
     .slot = [](Config& c) -> Slot { return &c.proxy.trusted; },
     .about = "Proxies whose word on a client's address is taken.",
     .rule = kNetworkRule},
    {.path = "proxy.address_header",
     .slot = [](Config& c) -> Slot { return &c.proxy.address_header; },
     .about = "The header in which trusted proxies name the client's address.",
     .rule = kHeaderRule},

    {.path = "cells.map",
     .slot = [](Config& c) -> Slot { return &c.cells.map; },
     .about = "The file that says which users live in which cell; empty: there is only this one.",
     .rule = kFileRule},
    {.path = "cells.self",
     .slot = [](Config& c) -> Slot { return &c.cells.self; },
     .about = "This cell's name in that file.",
     .rule = kCellNameRule},

    {.path = "storage.create",
     .slot = [](Config& c) -> Slot { return &c.storage.create; },
     .about = "Whether an empty data folder is made a volume. An unmounted disk looks like one, so "
              "containers say no and run ankisyncctl volume init once."},
    {.path = "storage.journal_mode",
     .slot = [](Config& c) -> Slot { return &c.storage.journal_mode; },
     .about = "wal needs shared memory between all processes on the volume; rollback, for volumes "
              "that several machines mount, is refused by this version."},
    {.path = "storage.open_collections",
     .slot = [](Config& c) -> Slot { return &c.storage.open_collections; },
     .about = "How many collections are kept open; the one unused for longest is closed.",
     .range = {1, 100'000}},
    {.path = "storage.collection_cache_kib",
     .slot = [](Config& c) -> Slot { return &c.storage.collection_cache_kib; },
     .about = "Page cache of an open collection, in KiB.",
     .range = {64, 1'048'576}},
    {.path = "storage.collection_idle",
     .slot = [](Config& c) -> Slot { return &c.storage.collection_idle; },
     .about = "How long an unused collection is kept open.",
     .range = kTime},
    {.path = "storage.free_bytes_min",
     .slot = [](Config& c) -> Slot { return &c.storage.free_bytes_min; },
     .about = "With less free space than this on the volume the server is not ready.",
     .range = {0, kSize.max},
     .unit = Unit::kBytes},
    {.path = "storage.media_retention",
     .slot = [](Config& c) -> Slot { return &c.storage.media_retention; },
     .about =
         "How long replaced and deleted media can be brought back (ankisyncctl media undelete).",
     .range = {0, 10 * 366 * 24 * kHourMs}},

    {.path = "snapshots.daily",
     .slot = [](Config& c) -> Slot { return &c.snapshots.daily; },
     .about = "Whether a collection that changed gets a snapshot a day; one that an upload or a "
              "restore replaces always does."},
    {.path = "snapshots.all_days",
     .slot = [](Config& c) -> Slot { return &c.snapshots.all_days; },
     .about = "For how many days every snapshot is kept.",
     .range = {0, 3650}},
    {.path = "snapshots.daily_days",
     .slot = [](Config& c) -> Slot { return &c.snapshots.daily_days; },
     .about = "For how many days the first snapshot of each day is kept.",
     .range = {0, 3650}},
    {.path = "snapshots.weekly_weeks",
     .slot = [](Config& c) -> Slot { return &c.snapshots.weekly_weeks; },
     .about = "For how many weeks the first snapshot of each week is kept.",
     .range = {0, 520}},
    {.path = "snapshots.monthly_months",
     .slot = [](Config& c) -> Slot { return &c.snapshots.monthly_months; },
     .about = "For how many months of 30 days the first snapshot of each is kept.",
     .range = {0, 120}},
    {.path = "snapshots.bytes_max",
     .slot = [](Config& c) -> Slot { return &c.snapshots.bytes_max; },
     .about = "Space for the snapshots of one user; the newest and pinned ones stay all the same.",
     .range = {0, kSize.max},
     .unit = Unit::kBytes},

    {.path = "limits.json_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.json_bytes; },
     .about = "The largest request but uploads, decompressed.",
     .range = kSize,
     .unit = Unit::kBytes},
    {.path = "limits.collection_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.collection_bytes; },
     .about = "The largest collection that may be uploaded, decompressed.",
     .range = kSize,
     .unit = Unit::kBytes},
    {.path = "limits.media_batch_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.media_batch_bytes; },
     .about = "The largest batch of media files, decompressed. Clients send up to 100 MB in one.",
     .range = kSize,
     .unit = Unit::kBytes},
    {.path = "limits.legacy_form_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.legacy_form_bytes; },
     .about = "The largest request of a client before 2.1.57, as sent.",
     .range = kSize,
     .unit = Unit::kBytes},
    {.path = "limits.body_memory_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.body_memory_bytes; },
     .about = "How much of one request's body is kept in memory; a longer one goes to the spool, "
              "media beyond 5 MiB.",
     .range = kSize,
     .unit = Unit::kBytes},
    {.path = "limits.memory_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.memory_bytes; },
     .about = "Memory for the bodies of all requests together.",
     .range = {kMiB, kSize.max},
     .unit = Unit::kBytes},
    {.path = "limits.spool_bytes",
     .slot = [](Config& c) -> Slot { return &c.limits.spool_bytes; },
     .about = "Space on the volume for the bodies of all requests together.",
     .range = {kMiB, kSize.max},
     .unit = Unit::kBytes},
    {.path = "limits.connections",
     .slot = [](Config& c) -> Slot { return &c.limits.connections; },
     .about = "Connections at a time; each takes two descriptors.",
     .range = {1, 1'000'000}},
    {.path = "limits.requests",
     .slot = [](Config& c) -> Slot { return &c.limits.requests; },
     .about = "Requests in progress at a time, half of them without a key; beyond it clients are "
              "told to try again.",
     .range = {1, 1'000'000}},
    {.path = "limits.requests_per_user",
     .slot = [](Config& c) -> Slot { return &c.limits.requests_per_user; },
     .about = "Requests of one user at a time, for collection and for media each.",
     .range = {1, 1'000'000}},
    {.path = "limits.password_hashes",
     .slot = [](Config& c) -> Slot { return &c.limits.password_hashes; },
     .about = "Passwords that are checked at a time; each takes a core for a moment.",
     .range = {1, 1024}},
    {.path = "limits.head_time",
     .slot = [](Config& c) -> Slot { return &c.limits.head_time; },
     .about = "How long the head of a request may take.",
     .range = kTime},
    {.path = "limits.body_window",
     .slot = [](Config& c) -> Slot { return &c.limits.body_window; },
     .about = "A body that brings less than 64 KiB in this time is cut.",
     .range = kTime},
    {.path = "limits.answer_stall",
     .slot = [](Config& c) -> Slot { return &c.limits.answer_stall; },
     .about = "How long a client may take nothing of its answer.",
     .range = kTime},
    {.path = "limits.keep_alive",
     .slot = [](Config& c) -> Slot { return &c.limits.keep_alive; },
     .about = "How long a silent connection is kept; longer than the proxy keeps its own.",
     .range = kTime},
    {.path = "limits.session_idle",
     .slot = [](Config& c) -> Slot { return &c.limits.session_idle; },
     .about = "A sync that is silent for so long is rolled back.",
     .range = kTime},
    {.path = "limits.upload_check",
     .slot = [](Config& c) -> Slot { return &c.limits.upload_check; },
     .about = "An upload whose check takes longer is answered before it is done; clients give up "
              "after 30 s.",
     .range = {1, 29'000}},
    {.path = "limits.shutdown",
     .slot = [](Config& c) -> Slot { return &c.limits.shutdown; },
     .about = "How long requests and syncs may take to end after SIGTERM.",
     .range = kTime},

    {.path = "threads.io",
     .slot = [](Config& c) -> Slot { return &c.threads.io; },
     .about = "Threads that move bytes.",
     .range = {1, 255}},
    {.path = "threads.work",
     .slot = [](Config& c) -> Slot { return &c.threads.work; },
     .about = "Threads that do the work; 0 is one for each core, at least 4.",
     .range = {0, 1024}},

    {.path = "passwd.log_out",
     .slot = [](Config& c) -> Slot { return &c.passwd.log_out; },
     .about = "Whether a new password logs the account's devices out (ankisyncctl user passwd)."},

    {.path = "log.level",
     .slot = [](Config& c) -> Slot { return &c.log.level; },
     .about = "The least important lines that are logged; debug has a line for each request."},
    {.path = "log.format",
     .slot = [](Config& c) -> Slot { return &c.log.format; },
     .about = "text for people, json for machines."},

    {.path = "metrics.per_user",
     .slot = [](Config& c) -> Slot { return &c.metrics.per_user; },
     .about = "Whether /metrics has series with users' names."},
    {.path = "metrics.users",
     .slot = [](Config& c) -> Slot { return &c.metrics.users; },
     .about = "How many users get series of their own; the rest are counted as one.",
     .range = {1, 10'000}},
};

}  // namespace

std::span<const Key> Keys() { return kKeys; }

const Key* FindKey(std::string_view path) {
  const auto found = std::ranges::find(kKeys, path, &Key::path);
  return found == std::end(kKeys) ? nullptr : found;
}

std::string VariableOf(const Key& key) {
  std::string name = "ANKISYNCD_";
  for (const char c : key.path) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string FlagOf(const Key& key) {
  std::string name = "--";
  for (const char c : key.path) name += c == '.' || c == '_' ? '-' : c;
  return name;
}

}  // namespace ankisync::config
