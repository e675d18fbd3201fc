// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <thread>

namespace ankisync {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kNameLetters = "abcdefghijklmnopqrstuvwxyz_";

// Takes the letters of a name off the front of `text`.
std::string TakeName(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of(kNameLetters), text.size());
  std::string name(text.substr(0, end));
  text.remove_prefix(end);
  return name;
}

bool Take(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

// Takes {name="word",…}, if there is one. False: it is not well-formed.
bool TakeLabels(std::string_view& text) {
  if (!Take(text, "{")) return true;
  do {
    if (TakeName(text).empty() || !Take(text, "=\"")) return false;
    while (!text.empty() && text.front() != '"') {
      text.remove_prefix(text.front() == '\\' ? std::min<std::size_t>(2, text.size()) : 1);
    }
    if (!Take(text, "\"")) return false;
  } while (Take(text, ","));
  return Take(text, "}");
}

// A scrape, read as strictly as the format is written.
struct Scrape {
  std::map<std::string, std::string> types;  // of families
  std::map<std::string, double> samples;     // "name{label=\"word\"}" as it stands
  std::vector<std::string> complaints;

  explicit Scrape(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!Understood(line)) complaints.push_back(line);
    }
    if (!text.ends_with('\n')) complaints.emplace_back("no line end at the end");
  }

  bool Understood(std::string_view line) {
    if (Take(line, "# HELP ")) return !TakeName(line).empty() && line.size() > 5;
    if (Take(line, "# TYPE ")) {
      const std::string name = TakeName(line);
      return (line == " counter" || line == " gauge" || line == " histogram") &&
             types.emplace(name, line.substr(1)).second;
    }
    const std::string_view whole = line;
    const std::string name = TakeName(line);
    if (!TakeLabels(line) || !HasFamily(name)) return false;
    const std::string sample(whole.substr(0, whole.size() - line.size()));
    if (!Take(line, " ")) return false;
    double value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    return error == std::errc() && end == line.data() + line.size() &&
           samples.emplace(sample, value).second;
  }

  bool HasFamily(const std::string& name) const {
    if (types.contains(name)) return true;
    return std::ranges::any_of(std::array{"_bucket", "_sum", "_count"}, [&](std::string_view part) {
      if (!name.ends_with(part)) return false;
      const auto family = types.find(name.substr(0, name.size() - part.size()));
      return family != types.end() && family->second == "histogram";
    });
  }

  double operator[](const std::string& name) const {
    const auto found = samples.find(name);
    return found == samples.end() ? -1 : found->second;
  }
};

constexpr std::size_t kMeta = 0;
constexpr std::size_t kBegin = 1;
constexpr std::size_t kUpload = 2;

class Exposed : public testing::Test {
 protected:
  Scrape Look() { return Scrape(metrics.Exposition()); }

  ManualClock clock{UnixMillis{1'769'860'800'500}};
  Metrics metrics{{.version = "1.2.3",
                   .revision = "abc",
                   .sync_protocol_max = 11,
                   .methods = {"sync/meta", "", "sync/upload"},
                   .users = 0},
                  clock};
};

TEST_F(Exposed, TheTextIsWellFormedAndNamesFollowTheConventions) {
  metrics.Provide(
      Reading::kHttpRejected, [] { return 1.5e9; }, "slow_head");
  metrics.Provide(Reading::kFreeBytes, [] { return 1e12; });
  const Scrape scrape = Look();
  EXPECT_THAT(scrape.complaints, IsEmpty());
  for (const auto& [name, type] : scrape.types) {
    EXPECT_THAT(name, AnyOf(StartsWith("ankisync_"), StartsWith("process_")));
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    EXPECT_TRUE(name.ends_with("_seconds") || name.ends_with("_bytes") || type != "histogram")
        << name;
  }
}

TEST_F(Exposed, EverySeriesOfAFixedSetBeginsAtZero) {
  const Scrape scrape = Look();
  for (const auto& [name, value] : scrape.samples) {
    if (name.starts_with("ankisync_") && !name.starts_with("ankisync_build_info") &&
        name != "ankisync_time_seconds") {
      EXPECT_EQ(value, 0) << name;
    }
  }
  EXPECT_EQ(scrape["ankisync_http_requests_total{code=\"409\",method=\"sync/upload\"}"], 0);
  EXPECT_EQ(scrape["ankisync_sync_objects_total{direction=\"sent\",type=\"deck_config\"}"], 0);
}

TEST_F(Exposed, BuildAndStartAreKnown) {
  const Scrape scrape = Look();
  EXPECT_EQ(scrape["process_start_time_seconds"], 1'769'860'800.5);
  EXPECT_GT(scrape["process_resident_memory_bytes"], 1e6);
  EXPECT_GE(scrape["process_cpu_seconds_total"], 0);
  EXPECT_THAT(metrics.Exposition(),
              AllOf(HasSubstr("revision=\"abc\""), HasSubstr("sync_protocol_max=\"11\""),
                    HasSubstr("version=\"1.2.3\"")));
}

TEST_F(Exposed, ARequestIsCountedByMethodStatusAndReason) {
  metrics.RequestStarted(kMeta);
  EXPECT_EQ(Look()["ankisync_http_requests_in_flight{method=\"sync/meta\"}"], 1);
  metrics.RequestEnded({.method = kMeta,
                        .status = 503,
                        .duration = std::chrono::milliseconds(20),
                        .received_bytes = 3000,
                        .refused = ErrorKind::kUnavailable});
  metrics.AnswerSent(kMeta, 7);
  metrics.AnswerSent(kMeta, 8);

  const Scrape scrape = Look();
  const std::string meta = "method=\"sync/meta\"";
  EXPECT_EQ(scrape["ankisync_http_requests_in_flight{" + meta + "}"], 0);
  EXPECT_EQ(scrape["ankisync_http_requests_total{code=\"503\"," + meta + "}"], 1);
  EXPECT_EQ(scrape["ankisync_http_requests_refused_total{" + meta + ",reason=\"unavailable\"}"], 1);
  const std::string sizes = "ankisync_http_request_size_bytes";
  EXPECT_EQ(scrape[sizes + "_sum{" + meta + "}"], 3000);
  EXPECT_EQ(scrape[sizes + "_bucket{" + meta + ",le=\"1024\"}"], 0);
  EXPECT_EQ(scrape[sizes + "_bucket{" + meta + ",le=\"16384\"}"], 1);
  EXPECT_EQ(scrape["ankisync_http_answer_body_bytes_total{" + meta + "}"], 15);
  const std::string durations = "ankisync_http_request_duration_seconds";
  EXPECT_EQ(scrape[durations + "_sum{" + meta + "}"], 0.02);
  EXPECT_EQ(scrape[durations + "_bucket{" + meta + ",le=\"0.01\"}"], 0);
  EXPECT_EQ(scrape[durations + "_bucket{" + meta + ",le=\"0.025\"}"], 1);
  EXPECT_EQ(scrape[durations + "_bucket{" + meta + ",le=\"+Inf\"}"], 1);
}

TEST_F(Exposed, WhatIsNotServedHereIsCountedAsOther) {
  for (const std::size_t method : {kBegin, Metrics::kNoMethod}) {
    metrics.RequestStarted(method);
    metrics.RequestEnded({.method = method, .status = 404});
  }
  metrics.RequestStarted(kUpload);
  metrics.RequestEnded({.method = kUpload, .status = 200});
  const Scrape scrape = Look();
  EXPECT_EQ(scrape["ankisync_http_requests_total{code=\"other\",method=\"other\"}"], 2);
  EXPECT_EQ(scrape["ankisync_http_requests_total{code=\"200\",method=\"sync/upload\"}"], 1);
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("method=\"\"")));
}

TEST_F(Exposed, DurationsHaveEdgesAtTheTimeoutsOfClients) {
  const Scrape scrape = Look();
  std::set<std::string> edges;
  const std::string prefix = "ankisync_sync_session_duration_seconds_bucket{kind=\"normal\",le=\"";
  for (const auto& [name, value] : scrape.samples) {
    if (name.starts_with(prefix)) edges.insert(name.substr(prefix.size()));
  }
  EXPECT_EQ(edges.size(), 16U);
  for (const char* const edge : {"0.005", "20", "30", "60", "120", "+Inf"}) {
    EXPECT_THAT(edges, Contains(std::string(edge) + "\"}"));
  }
}

TEST_F(Exposed, EventsReachTheSeriesOfTheirWords) {
  metrics.SyncStarted(SyncKind::kUpload);
  metrics.SyncEnded(SyncKind::kUpload, SyncOutcome::kRefused, std::chrono::seconds(25), "ada");
  metrics.ObjectsMoved(Direction::kReceived, ObjectKind::kRevlog, 250);
  metrics.SanityMismatch(SanityField::kDeckConfigs);
  metrics.Login(LoginResult::kWrongPassword);
  metrics.PasswordHashed(std::chrono::milliseconds(40));
  metrics.MediaFiles(MediaOperation::kIdentical, 3);
  metrics.MediaBytes(Direction::kSent, 1000);
  metrics.ClientSeen("26.09.3,29bb700b,linux", 11);
  metrics.ClientSeen("2.20.1,29bb700b,android", 10);
  metrics.ClientSeen("99.1,29bb700b,ios", 12);
  metrics.ClientSeen("protocol 10", 10);
  metrics.ClientSeen("anki,2.1.45 (1f3ab1c5),lin:debian", 10);
  metrics.ClientSeen("", 10);
  metrics.MediaSanityFailed();
  metrics.QuotaExceeded(QuotaKind::kMedia);
  metrics.CollectionOpened(std::chrono::milliseconds(30));
  metrics.Checkpoint(std::chrono::milliseconds(2));
  metrics.SnapshotMade(SnapshotReason::kDaily);
  metrics.PoolWaited(PoolName::kLogins, std::chrono::seconds(3));

  const Scrape scrape = Look();
  for (const auto& [name, value] : std::map<std::string, double>{
           {"ankisync_sync_sessions_started_total{kind=\"upload\"}", 1},
           {"ankisync_sync_sessions_completed_total{kind=\"upload\",outcome=\"refused\"}", 1},
           {"ankisync_sync_session_duration_seconds_sum{kind=\"upload\"}", 25},
           {"ankisync_sync_objects_total{direction=\"received\",type=\"revlog\"}", 250},
           {"ankisync_sanity_check_mismatch_total{field=\"deck_configs\"}", 1},
           {"ankisync_clients_seen_total{client=\"desktop\",protocol=\"11\"}", 1},
           {"ankisync_clients_seen_total{client=\"ankidroid\",protocol=\"10\"}", 1},
           {"ankisync_clients_seen_total{client=\"ankimobile\",protocol=\"newer\"}", 1},
           {"ankisync_clients_seen_total{client=\"other\",protocol=\"10\"}", 2},
           {"ankisync_client_versions_total{client=\"desktop\",major=\"26\"}", 1},
           {"ankisync_client_versions_total{client=\"desktop\",major=\"2\"}", 1},
           {"ankisync_client_versions_total{client=\"ankimobile\",major=\"newer\"}", 1},
           {"ankisync_client_versions_total{client=\"other\",major=\"other\"}", 2},
           {"ankisync_media_sanity_failures_total", 1},
           {"ankisync_auth_attempts_total{result=\"wrong_password\"}", 1},
           {"ankisync_auth_hash_duration_seconds_count", 1},
           {"ankisync_media_files_total{operation=\"identical\"}", 3},
           {"ankisync_media_bytes_total{direction=\"sent\"}", 1000},
           {"ankisync_quota_exceeded_total{what=\"media\"}", 1},
           {"ankisync_quota_exceeded_total{what=\"collection\"}", 0},
           {"ankisync_collection_open_duration_seconds_sum", 0.03},
           {"ankisync_sqlite_checkpoint_duration_seconds_count", 1},
           {"ankisync_snapshots_total{reason=\"daily\"}", 1},
           {"ankisync_pool_wait_seconds_sum{pool=\"logins\"}", 3},
       }) {
    EXPECT_EQ(scrape[name], value) << name;
  }
}

TEST_F(Exposed, ReadingsAreTakenAtEachScrape) {
  double bytes = 10;
  double connections = 5;
  metrics.Provide(Reading::kHttpSentBytes, [&] { return bytes; });
  metrics.Provide(Reading::kConnections, [&] { return connections; });
  metrics.Provide(
      Reading::kPoolQueue, [] { return 1.0; }, "work");
  metrics.Provide(
      Reading::kPoolQueue, [] { return 2.0; }, "logins");
  Look();
  bytes = 30;
  connections = 2;
  const Scrape scrape = Look();
  EXPECT_EQ(scrape["ankisync_http_sent_bytes_total"], 30);
  EXPECT_EQ(scrape["ankisync_http_connections"], 2);
  EXPECT_EQ(scrape["ankisync_pool_queue_tasks{pool=\"work\"}"], 1);
  EXPECT_EQ(scrape["ankisync_pool_queue_tasks{pool=\"logins\"}"], 2);
}

TEST_F(Exposed, WhatWasCountedIsNotTakenBack) {
  double revoked = 3;
  metrics.Provide(Reading::kDevicesRevoked, [&] { return revoked; });
  Look();
  revoked = 1;  // an account is gone, and what is known of it
  EXPECT_EQ(Look()["ankisync_devices_revoked_total"], 3);
}

TEST_F(Exposed, WhatNobodyProvidesIsNotThere) {
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("ankisync_storage_free_bytes")));
}

TEST_F(Exposed, ManyThreadsLoseNothing) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 1000; ++j) {
        metrics.RequestStarted(kMeta);
        metrics.RequestEnded({.method = kMeta, .status = 200});
        if (j % 100 == 0) metrics.Exposition();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Scrape scrape = Look();
  EXPECT_EQ(scrape["ankisync_http_requests_total{code=\"200\",method=\"sync/meta\"}"], 4000);
  EXPECT_EQ(scrape["ankisync_http_request_duration_seconds_count{method=\"sync/meta\"}"], 4000);
  EXPECT_EQ(scrape["ankisync_http_requests_in_flight{method=\"sync/meta\"}"], 0);
}

TEST_F(Exposed, NobodysNameUnlessTheOperatorAsked) {
  metrics.SyncEnded(SyncKind::kNormal, SyncOutcome::kOk, {}, "ada");
  EXPECT_THAT(metrics.Exposition(), Not(HasSubstr("ada")));
}

TEST(UsersOwnSeries, AreCappedAndOneOddNameDoesNotSpoilTheRest) {
  const ManualClock clock{UnixMillis{1'769'860'800'500}};
  Metrics metrics({.version = "1", .revision = "", .methods = {}, .users = 2}, clock);
  const auto sync = [&](std::string_view user) {
    metrics.SyncEnded(SyncKind::kNormal, SyncOutcome::kOk, {}, user);
  };
  for (const std::string_view user : {"ada", "gr\nace\xff", "eve", "mallory", "ada"}) sync(user);

  const Scrape scrape(metrics.Exposition());
  EXPECT_THAT(scrape.complaints, IsEmpty());
  const std::string rest = "kind=\"normal\",outcome=\"ok\",user=";
  EXPECT_EQ(scrape["ankisync_user_syncs_total{" + rest + "\"ada\"}"], 2);
  EXPECT_EQ(scrape["ankisync_user_syncs_total{" + rest + "\"gr\\\\u000aace\\\\ufffd\"}"], 1);
  EXPECT_EQ(scrape["ankisync_user_syncs_total{" + rest + "\"\"}"], 2);
  EXPECT_EQ(scrape["ankisync_user_last_success_timestamp_seconds{user=\"ada\"}"], 1'769'860'800.5);
  EXPECT_THAT(scrape.samples,
              Not(Contains(Key(HasSubstr("last_success_timestamp_seconds{user=\"\"")))));
}

}  // namespace
}  // namespace ankisync
