// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/telemetry/readings.h"
#include "common/telemetry/series.h"
#include "common/telemetry/user_series.h"

namespace ankisync {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

// What clients are answered; 404, 405, 431 and the like are somebody else's requests.
constexpr std::array kStatuses = {200, 308, 400, 403, 409, 500, 501, 503};

Label StatusLabel() {
  Label label{"code", {}};
  for (const int status : kStatuses) label.words.push_back(std::to_string(status));
  label.words.emplace_back("other");
  return label;
}

std::size_t PlaceOf(int status) {
  return static_cast<std::size_t>(std::ranges::find(kStatuses, status) - kStatuses.begin());
}

// It names its system: "26.09.3,hash,linux".
ClientKind KindOf(std::string_view client) {
  const auto names = [client](std::string_view word) { return client.find(word) != client.npos; };
  if (names("android")) return ClientKind::kAnkiDroid;
  if (names("ios") || names("ankimobile")) return ClientKind::kAnkiMobile;
  const bool is_desktop = names(",lin") || names(",mac") || names(",win");
  return is_desktop ? ClientKind::kDesktop : ClientKind::kOther;
}

// "26.09.3,hash,linux", or "anki,2.1.45 (hash),lin:debian".
ClientMajor MajorOf(std::string_view client) {
  constexpr int kFirstYear = 23;
  constexpr int kLastYear = 26;
  client.remove_prefix(std::min(client.find_first_of("0123456789"), client.size()));
  int major = 0;  // of no number, or none that is one
  std::from_chars(client.data(), client.data() + client.size(), major);
  if (major == 2) return ClientMajor::k2;
  if (major < kFirstYear) return ClientMajor::kOther;
  return major > kLastYear
             ? ClientMajor::kNewer
             : static_cast<ClientMajor>(static_cast<int>(ClientMajor::k23) + major - kFirstYear);
}

Label MethodLabel(std::vector<std::string> methods) {
  methods.emplace_back("other");
  return {"method", std::move(methods)};
}

}  // namespace

struct Metrics::Families {
  Families(const Options& options, const Clock& its_clock)
      : clock(its_clock), methods(MethodLabel(options.methods)), readings(registry) {
    AddFamily<Gauge>(registry, "ankisync_build_info", "What runs here.")
        .Add({{"version", options.version},
              {"revision", options.revision},
              {"sync_protocol_max", std::to_string(options.sync_protocol_max)},
              {"compiler", ANKISYNC_COMPILER}})
        .Set(1);
    readings.ProvideClock(clock);
    readings.ProvideProcess(static_cast<double>(Raw(clock.Now())) / 1000);
    if (options.users > 0) users.emplace(registry, options.users);
  }

  std::size_t PlaceOfMethod(std::size_t method) const {
    return std::min(method, methods.words.size() - 1);
  }

  const Clock& clock;
  const Label methods;
  prometheus::Registry registry;
  Readings readings;
  std::optional<UserSeries> users;

  Series<Gauge> in_flight{registry, "ankisync_http_requests_in_flight", "Requests in progress.",
                          methods};
  Series<Counter> requests{registry, "ankisync_http_requests_total", "Requests that were answered.",
                           methods, StatusLabel()};
  Series<Counter> refused{registry, "ankisync_http_requests_refused_total",
                          "Requests that were answered with an error.", methods,
                          LabelOf<ErrorKind>("reason")};
  Series<Histogram> request_durations{registry, "ankisync_http_request_duration_seconds",
                                      "From a request's head to its answer.", methods};
  Series<Histogram> request_sizes{registry,
                                  "ankisync_http_request_size_bytes",
                                  "Request bodies as they were sent, compressed.",
                                  methods,
                                  {},
                                  kSizeEdges};
  Series<Counter> answer_bytes{registry, "ankisync_http_answer_body_bytes_total",
                               "Answer bodies as they were sent, compressed.", methods};

  Series<Counter> syncs_started{registry, "ankisync_sync_sessions_started_total",
                                "Syncs of collections that began.", LabelOf<SyncKind>("kind")};
  Series<Counter> syncs_ended{registry, "ankisync_sync_sessions_completed_total",
                              "Syncs of collections that ended.", LabelOf<SyncKind>("kind"),
                              LabelOf<SyncOutcome>("outcome")};
  Series<Histogram> sync_durations{registry, "ankisync_sync_session_duration_seconds",
                                   "From a sync's beginning to its end.",
                                   LabelOf<SyncKind>("kind")};
  Series<Counter> objects{registry, "ankisync_sync_objects_total",
                          "Objects that normal syncs moved.", LabelOf<Direction>("direction"),
                          LabelOf<ObjectKind>("type")};
  Series<Counter> mismatches{registry, "ankisync_sanity_check_mismatch_total",
                             "Sanity checks that failed, by what differed.",
                             LabelOf<SanityField>("field")};

  Series<Counter> forced{registry, "ankisync_sync_one_way_forced_total",
                         "Events after which devices can sync in one direction alone.",
                         LabelOf<OneWayReason>("reason")};

  Series<Counter> clients{registry, "ankisync_clients_seen_total", "Syncs that clients began.",
                          LabelOf<ClientKind>("client"), LabelOf<ClientProtocol>("protocol")};

  Series<Counter> client_versions{registry, "ankisync_client_versions_total",
                                  "Syncs that clients began, by the first number of their version.",
                                  LabelOf<ClientKind>("client"), LabelOf<ClientMajor>("major")};

  Series<Counter> logins{registry, "ankisync_auth_attempts_total", "Logins.",
                         LabelOf<LoginResult>("result")};
  Series<Histogram> hash_durations{registry, "ankisync_auth_hash_duration_seconds",
                                   "Time that a password's check took."};

  Series<Counter> media_files{registry, "ankisync_media_files_total",
                              "Media files that syncs dealt with.",
                              LabelOf<MediaOperation>("operation")};
  Series<Counter> media_bytes{registry, "ankisync_media_bytes_total",
                              "Content of media files that syncs moved.",
                              LabelOf<Direction>("direction")};

  Series<Counter> media_sanity{registry, "ankisync_media_sanity_failures_total",
                               "Clients that count other media files than the server."};

  Series<Counter> quota{registry, "ankisync_quota_exceeded_total",
                        "Refusals of what a quota has no room for, as they were told.",
                        LabelOf<QuotaKind>("what")};

  Series<Histogram> opens{registry, "ankisync_collection_open_duration_seconds",
                          "Time that opening a collection took."};
  Series<Histogram> checkpoints{registry, "ankisync_sqlite_checkpoint_duration_seconds",
                                "Time that a checkpoint took."};
  Series<Counter> snapshots{registry, "ankisync_snapshots_total", "Snapshots that were made.",
                            LabelOf<SnapshotReason>("reason")};
  Series<Histogram> pool_waits{registry, "ankisync_pool_wait_seconds",
                               "Time that a task waited for a thread.", LabelOf<PoolName>("pool")};
};

Metrics::Metrics(const Options& options, const Clock& clock)
    : families_(std::make_unique<Families>(options, clock)) {}

Metrics::~Metrics() = default;

void Metrics::RequestStarted(std::size_t method) {
  families_->in_flight.At(families_->PlaceOfMethod(method)).Increment();
}

void Metrics::RequestEnded(const EndedRequest& request) {
  const std::size_t method = families_->PlaceOfMethod(request.method);
  families_->in_flight.At(method).Decrement();
  families_->requests.At(method, PlaceOf(request.status)).Increment();
  families_->request_durations.At(method).Observe(request.duration.count());
  families_->request_sizes.At(method).Observe(static_cast<double>(request.received_bytes));
  if (request.refused) {
    families_->refused.At(method, static_cast<std::size_t>(*request.refused)).Increment();
  }
}

void Metrics::AnswerSent(std::size_t method, std::uint64_t bytes) {
  families_->answer_bytes.At(families_->PlaceOfMethod(method))
      .Increment(static_cast<double>(bytes));
}

void Metrics::SyncStarted(SyncKind kind) { families_->syncs_started.At(kind).Increment(); }

void Metrics::SyncEnded(SyncKind kind, SyncOutcome outcome, Seconds duration,
                        std::string_view user) {
  families_->syncs_ended.At(kind, outcome).Increment();
  families_->sync_durations.At(kind).Observe(duration.count());
  if (families_->users) families_->users->SyncEnded(user, kind, outcome, families_->clock.Now());
}

void Metrics::ObjectsMoved(Direction direction, ObjectKind kind, std::uint64_t count) {
  families_->objects.At(direction, kind).Increment(static_cast<double>(count));
}

void Metrics::SanityMismatch(SanityField field) { families_->mismatches.At(field).Increment(); }

void Metrics::OneWayForced(OneWayReason reason) { families_->forced.At(reason).Increment(); }

void Metrics::ClientSeen(std::string_view client, int protocol_version) {
  constexpr int kOldest = 8;
  const int place =
      std::clamp(protocol_version - kOldest, 0, static_cast<int>(ClientProtocol::kNewer));
  const ClientKind kind = KindOf(client);
  families_->clients.At(kind, static_cast<ClientProtocol>(place)).Increment();
  families_->client_versions.At(kind, MajorOf(client)).Increment();
}

void Metrics::Login(LoginResult result) { families_->logins.At(result).Increment(); }

void Metrics::PasswordHashed(Seconds duration) {
  families_->hash_durations.At().Observe(duration.count());
}

void Metrics::MediaFiles(MediaOperation operation, std::uint64_t count) {
  families_->media_files.At(operation).Increment(static_cast<double>(count));
}

void Metrics::MediaBytes(Direction direction, std::uint64_t bytes) {
  families_->media_bytes.At(direction).Increment(static_cast<double>(bytes));
}

void Metrics::MediaSanityFailed() { families_->media_sanity.At().Increment(); }

void Metrics::QuotaExceeded(QuotaKind kind) { families_->quota.At(kind).Increment(); }

void Metrics::CollectionOpened(Seconds duration) {
  families_->opens.At().Observe(duration.count());
}

void Metrics::Checkpoint(Seconds duration) {
  families_->checkpoints.At().Observe(duration.count());
}

void Metrics::SnapshotMade(SnapshotReason reason) { families_->snapshots.At(reason).Increment(); }

void Metrics::PoolWaited(PoolName pool, Seconds duration) {
  families_->pool_waits.At(pool).Observe(duration.count());
}

void Metrics::Provide(Reading reading, std::function<double()> read, std::string_view label) {
  families_->readings.Provide(reading, std::move(read), label);
}

std::string Metrics::Exposition() {
  families_->readings.Refresh();
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace ankisync
