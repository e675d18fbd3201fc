// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/readings.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "common/core/unique_fd.h"
#include "common/telemetry/series.h"

namespace ankisync {
namespace {

enum class Kind { kNow, kSinceStart };

double ProcessorSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ResidentBytes() {
  const UniqueFd file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  unsigned long total = 0;
  unsigned long resident = 0;
  if (!file || ::read(file.get(), text, sizeof text - 1) <= 0) return 0;
  if (std::sscanf(text, "%lu %lu", &total, &resident) != 2) return 0;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

struct Readings::Description {
  Kind kind;
  const char* name;
  const char* help;
  const char* label = nullptr;
};

const Readings::Description& Readings::DescriptionOf(Reading reading) {
  static constexpr std::array kDescriptions = {
      Description{Kind::kNow, "ankisync_http_connections", "Connections that are open."},
      Description{Kind::kSinceStart, "ankisync_http_connections_accepted_total",
                  "Connections that were accepted."},
      Description{Kind::kSinceStart, "ankisync_http_rejected_total",
                  "Requests refused and connections cut by the HTTP layer.", "reason"},
      Description{Kind::kSinceStart, "ankisync_http_received_bytes_total", "Bytes received."},
      Description{Kind::kSinceStart, "ankisync_http_sent_bytes_total", "Bytes sent."},
      Description{Kind::kNow, "ankisync_http_body_memory_bytes", "Request bodies held in memory."},
      Description{Kind::kNow, "ankisync_http_body_spool_bytes", "Request bodies in the spool."},
      Description{Kind::kNow, "ankisync_sync_sessions_active", "Syncs in progress."},
      Description{Kind::kNow, "ankisync_users", "Accounts.", "state"},
      Description{Kind::kNow, "ankisync_devices", "Logins that hold, by their last use.",
                  "last_used"},
      Description{Kind::kSinceStart, "ankisync_devices_revoked_total", "Logins that were revoked."},
      Description{Kind::kNow, "ankisync_collections_open", "Collections that are open."},
      Description{Kind::kNow, "ankisync_sqlite_wal_bytes",
                  "Size of the write-ahead logs of open databases."},
      Description{Kind::kSinceStart, "ankisync_sqlite_busy_total",
                  "Database calls that gave up waiting for a lock."},
      Description{Kind::kSinceStart, "ankisync_sqlite_errors_total",
                  "Database calls that failed, those on damaged uploads included.", "code"},
      Description{Kind::kNow, "ankisync_storage_free_bytes", "Free space on the volume."},
      Description{Kind::kNow, "ankisync_pool_queue_tasks", "Tasks that wait for a thread.", "pool"},
      Description{Kind::kSinceStart, "ankisync_log_lines_total", "Lines of the log.", "level"},
      Description{Kind::kNow, "ankisync_storage_bytes",
                  "Space that all accounts' data takes, looked up now and then.", "kind"},
      Description{Kind::kNow, "ankisync_backup_last_success_timestamp_seconds",
                  "When the last backup was complete, in Unix time; NaN: never."},
      Description{Kind::kNow, "ankisync_restore_verify_last_success_timestamp_seconds",
                  "When a backup was last verified, in Unix time; NaN: never."},
      Description{Kind::kNow, "ankisync_backup_last_attempt_timestamp_seconds",
                  "When the last backup began, in Unix time; NaN: never."},
      Description{Kind::kNow, "ankisync_backup_duration_seconds",
                  "Time that the last complete backup took; NaN: never."},
      Description{Kind::kNow, "ankisync_backup_size_bytes",
                  "What the last complete backup added to its folder; NaN: never."},
      Description{Kind::kSinceStart, "ankisync_backup_failures_total",
                  "Backups that could not be made, or were found damaged.", "stage"},
  };
  return kDescriptions.at(static_cast<std::size_t>(reading));
}

void Readings::Provide(Reading reading, std::function<double()> read, std::string_view label) {
  Add(DescriptionOf(reading), std::move(read), label);
}

void Readings::ProvideProcess(double start_time_s) {
  Add({Kind::kNow, "process_start_time_seconds", "When the process started, in Unix time."},
      [start_time_s] { return start_time_s; }, {});
  Add({Kind::kSinceStart, "process_cpu_seconds_total", "Processor time used."}, ProcessorSeconds,
      {});
  Add({Kind::kNow, "process_resident_memory_bytes", "Memory in use."}, ResidentBytes, {});
}

void Readings::ProvideClock(const Clock& clock) {
  Add({Kind::kNow, "ankisync_time_seconds", "What time the server thinks it is."},
      [&clock] { return static_cast<double>(Raw(clock.Now())) / 1000; }, {});
}

void Readings::Add(const Description& description, std::function<double()> read,
                   std::string_view label) {
  prometheus::Labels labels;
  if (description.label) labels[description.label] = label;
  const std::scoped_lock lock(mutex_);
  if (description.kind == Kind::kNow) {
    auto& gauge =
        AddFamily<prometheus::Gauge>(registry_, description.name, description.help).Add(labels);
    refreshers_.emplace_back([&gauge, read = std::move(read)] { gauge.Set(read()); });
  } else {
    auto& counter =
        AddFamily<prometheus::Counter>(registry_, description.name, description.help).Add(labels);
    refreshers_.emplace_back(
        [&counter, read = std::move(read)] { counter.Increment(read() - counter.Value()); });
  }
}

void Readings::Refresh() {
  const std::scoped_lock lock(mutex_);
  for (const auto& refresh : refreshers_) refresh();
}

}  // namespace ankisync
