// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/core/log_level.h"

namespace ankisync {

enum class JournalMode { kWal, kRollback };

// Everything that an operator may decide, as read once at the start (load.h). A member's place here
// is its name in ankisyncd.yaml; what each one means, its range and its unit stand in keys.cpp. The
// values below are ankisyncd's defaults; DefaultsFor() has what differs for the two services.
struct Config {
  using Millis = std::chrono::milliseconds;

  std::filesystem::path data = "data";
  std::string host = "0.0.0.0";
  std::uint16_t port = 27701;
  std::string base_path;

  struct Ops {
    std::string host = "127.0.0.1";
    std::uint16_t port = 9100;
    bool operator==(const Ops&) const = default;
  } ops;

  struct Proxy {
    std::vector<std::string> trusted;
    std::string address_header = "x-forwarded-for";
    bool operator==(const Proxy&) const = default;
  } proxy;

  struct Cells {
    std::filesystem::path map;
    std::string self;
    bool operator==(const Cells&) const = default;
  } cells;

  struct Storage {
    bool create = true;
    JournalMode journal_mode = JournalMode::kWal;
    std::uint64_t open_collections = 64;
    std::uint64_t collection_cache_kib = 2048;
    Millis collection_idle{60'000};
    std::uint64_t free_bytes_min = std::uint64_t{256} << 20;
    Millis media_retention{std::chrono::hours(24 * 14)};
    bool operator==(const Storage&) const = default;
  } storage;

  struct Snapshots {
    bool daily = true;
    std::uint64_t all_days = 2;
    std::uint64_t daily_days = 14;
    std::uint64_t weekly_weeks = 8;
    std::uint64_t monthly_months = 12;
    std::uint64_t bytes_max = std::uint64_t{2} << 30;
    bool operator==(const Snapshots&) const = default;
  } snapshots;

  struct Limits {
    std::uint64_t json_bytes = std::uint64_t{64} << 20;
    std::uint64_t collection_bytes = std::uint64_t{3} << 30;
    std::uint64_t media_batch_bytes = std::uint64_t{256} << 20;
    std::uint64_t legacy_form_bytes = std::uint64_t{1} << 30;
    std::uint64_t body_memory_bytes = std::uint64_t{256} << 10;
    std::uint64_t memory_bytes = std::uint64_t{64} << 20;
    std::uint64_t spool_bytes = std::uint64_t{8} << 30;
    std::uint64_t connections = 10'000;
    std::uint64_t requests = 1024;
    std::uint64_t requests_per_user = 16;
    std::uint64_t password_hashes = 2;
    Millis head_time{30'000};
    Millis body_window{30'000};
    Millis answer_stall{60'000};
    Millis keep_alive{75'000};
    Millis session_idle{300'000};
    Millis upload_check{20'000};
    Millis shutdown{60'000};
    bool operator==(const Limits&) const = default;
  } limits;

  struct Threads {
    std::uint64_t io = 2;
    std::uint64_t work = 0;  // after loading: never 0
    bool operator==(const Threads&) const = default;
  } threads;

  struct Log {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kText;
    bool operator==(const Log&) const = default;
  } log;

  struct Passwd {
    bool log_out = false;
    bool operator==(const Passwd&) const = default;
  } passwd;

  struct Metrics {
    bool per_user = false;
    std::uint64_t users = 100;
    bool operator==(const Metrics&) const = default;
  } metrics;

  // SYNC_USER1=name:secret and so on: no file has them, and nothing ever prints a secret.
  struct Account {
    std::string name;
    std::string secret;  // a password, or a hash in PHC format
    std::string variable;
    bool operator==(const Account&) const = default;
  };
  std::vector<Account> accounts;
  bool passwords_hashed = false;  // what the secrets are: PASSWORDS_HASHED

  // Where the data of a Python server lie whose place this one takes: its ankisyncd.conf or its
  // variables say so. A file that is not named is not there.
  struct PythonServer {
    std::filesystem::path data_root;
    std::filesystem::path auth_db;
    std::filesystem::path session_db;
    bool operator==(const PythonServer&) const = default;
  };
  std::optional<PythonServer> python_server;

  bool operator==(const Config&) const = default;
};

enum class Program { kCollectionSync, kMediaSync, kAnkisyncd };

Config DefaultsFor(Program program);

// A configuration that nobody can have meant. The message names the key and where it was given.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace ankisync
