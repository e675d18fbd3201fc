// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/host.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/cells/volume_cell.h"
#include "common/pages/start_page.h"
#include "common/process/revision.h"
#include "common/protocol/method.h"
#include "common/protocol/sync_header.h"
#include "common/sqlite/errors.h"

namespace ankisync {
namespace {

constexpr char kDisabled[] =
    "Your account on this sync server is disabled. Please ask whoever runs it.";

constexpr char kWelcome[] =
    "This is an Anki sync server, and you reach it.\n\n"
    "Anki        Preferences > Syncing > Self-hosted sync server: this page's address\n"
    "AnkiDroid   Settings > Sync > Custom sync server: this page's address\n"
    "AnkiMobile  Preferences > Syncing > Custom server: this page's address\n";

constexpr char kWithdrawn[] =
    "This sync server does not name your account any more. Please ask whoever runs it.";

// After failed ones, for their turn: each keeps a thread.
constexpr int kLoginsWaitingMax = 16;

std::vector<std::string> MethodLabels() {
  std::vector<std::string> labels;
  for (const protocol::MethodInfo& info : protocol::kMethods) {
    labels.push_back((info.area == protocol::Area::kCollection ? "sync/" : "msync/") +
                     std::string(info.name));
  }
  return labels;
}

service::Limits ServiceLimits(const Config::Limits& limits) {
  const auto bound = [](std::uint64_t bytes) { return service::Bound{bytes, bytes}; };
  return {.json = bound(limits.json_bytes),
          .collection = bound(limits.collection_bytes),
          .media_batch = bound(limits.media_batch_bytes),
          .form_bytes_max = limits.legacy_form_bytes,
          .unknown_forms_bytes_max = std::max(limits.legacy_form_bytes, limits.spool_bytes / 2),
          .requests_in_progress_max = limits.requests,
          .requests_waiting_per_user_max = limits.requests_per_user};
}

}  // namespace

std::vector<EnvironmentAccount> EnvironmentAccountsOf(const Config& config) {
  std::vector<EnvironmentAccount> named;
  const auto kind = config.passwords_hashed ? EnvironmentAccount::Secret::kHashed
                                            : EnvironmentAccount::Secret::kPlain;
  for (const Config::Account& account : config.accounts) {
    named.push_back({account.variable, account.name, account.secret, kind});
  }
  return named;
}

Host::Host(const Config& config, Program program, std::string version)
    : config_(config),
      log_(config.log.level, config.log.format, clock_),
      metrics_({.version = std::move(version),
                .revision = std::string(Revision()),
                .sync_protocol_max = protocol::kVersionMax,
                .methods = MethodLabels(),
                .users = config.metrics.per_user ? config.metrics.users : 0},
               clock_),
      volume_(config.data,
              config.storage.create ? Volume::Create::kIfMissing : Volume::Create::kNever,
              {.free_bytes_min = config.storage.free_bytes_min}),
      spool_(volume_),
      auth_(OpenAuthDatabase(volume_)),
      sessions_(OpenSessionDatabase(volume_)),
      devices_(sessions_, clock_),
      accounts_(auth_, devices_, clock_),
      holds_(auth_),
      authenticator_(auth_, sessions_),
      cells_(OpenCells()),
      addresses_(config.proxy.trusted, config.proxy.address_header),
      login_desk_(
          accounts_, devices_, clock_, AdoptEnvironment(program),
          {.hashing = {.at_once_max = config.limits.password_hashes},
           .waiting_max = kLoginsWaitingMax,
           .is_shared = [this](std::string_view address) { return addresses_.IsShared(address); },
           .on_checked = [this](auto duration) { metrics_.PasswordHashed(duration); }}),
      request_log_(log_, metrics_, devices_),
      work_(config.threads.work, [this](auto wait) { metrics_.PoolWaited(PoolName::kWork, wait); }),
      login_pool_(config.limits.password_hashes + kLoginsWaitingMax,
                  [this](auto wait) { metrics_.PoolWaited(PoolName::kLogins, wait); }),
      service_(
          work_, login_pool_, [this](std::string_view hkey) { return Authenticate(hkey); },
          ServiceLimits(config.limits), config.base_path, request_log_, addresses_) {
  ServePages();
  ProvideReadings();
}

void Host::ProvideReadings() {
  metrics_.Provide(
      Reading::kPoolQueue, [this] { return static_cast<double>(work_.waiting()); },
      WordOf(PoolName::kWork));
  metrics_.Provide(
      Reading::kPoolQueue, [this] { return static_cast<double>(login_pool_.waiting()); },
      WordOf(PoolName::kLogins));
  CountUsers();
  for (const auto& [place, state] : {std::pair(0U, "enabled"), std::pair(1U, "disabled")}) {
    metrics_.Provide(
        Reading::kUsers, [&users = users_[place]] { return static_cast<double>(users); }, state);
  }
  constexpr std::array kLastUsed = {"week", "month", "earlier"};
  for (std::size_t i = 0; i < kLastUsed.size(); ++i) {
    metrics_.Provide(
        Reading::kDevices, [&count = logins_[i]] { return static_cast<double>(count); },
        kLastUsed[i]);
  }
  metrics_.Provide(Reading::kDevicesRevoked,
                   [&count = logins_.back()] { return static_cast<double>(count); });
  for (const auto& [level, word] :
       {std::pair(LogLevel::kDebug, "debug"), std::pair(LogLevel::kInfo, "info"),
        std::pair(LogLevel::kWarning, "warning"), std::pair(LogLevel::kError, "error")}) {
    metrics_.Provide(
        Reading::kLogLines,
        [this, level = level] { return static_cast<double>(log_.lines(level)); }, word);
  }
  ProvideSqliteErrors();
  metrics_.Provide(Reading::kFreeBytes, [this] {
    std::error_code gone;
    const auto space = std::filesystem::space(volume_.root(), gone);
    return gone ? 0.0 : static_cast<double>(space.available);
  });
}

void Host::ProvideSqliteErrors() {
  using sqlite::ErrorCode;
  metrics_.Provide(Reading::kSqliteBusy,
                   [] { return static_cast<double>(sqlite::ErrorCount(ErrorCode::kBusy)); });
  for (const auto& [code, word] :
       {std::pair(ErrorCode::kBusy, "busy"), std::pair(ErrorCode::kFull, "full"),
        std::pair(ErrorCode::kIo, "ioerr"), std::pair(ErrorCode::kCorrupt, "corrupt"),
        std::pair(ErrorCode::kOther, "other")}) {
    metrics_.Provide(
        Reading::kSqliteErrors,
        [code = code] { return static_cast<double>(sqlite::ErrorCount(code)); }, word);
  }
}

void Host::CountUsers() {
  try {
    const auto accounts = accounts_.List();
    const auto enabled = static_cast<std::size_t>(std::ranges::count(
        accounts, AccountState::kEnabled, [](const Account& account) { return account.state; }));
    users_[0] = enabled;
    users_[1] = accounts.size() - enabled;
    const DeviceCounts counts = devices_.Count(started_);
    logins_[0] = counts.week;
    logins_[1] = counts.month;
    logins_[2] = counts.earlier;
    logins_[3] = counts.revoked;
  } catch (const SyncError&) {  // the last count stands
  }
}

void Host::StopWork() {
  login_pool_.Stop();
  work_.Stop();
}

void Host::ServePages() {
  const auto page = [](std::string text) {
    return [text = std::move(text)](const http::RequestHead& head) {
      http::Answer answer;
      answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
      if (head.method == "GET" || head.method == "HEAD") {
        answer.body = text;
      } else {
        answer.status = 405;
        answer.headers.emplace_back("Allow", "GET,HEAD");
      }
      return answer;
    };
  };
  service_.ServePage("/health", page(""));
  service_.ServePage("/", [this, text = page(kWelcome)](const http::RequestHead& head) {
    return WantsPage(head) ? StartPage(head, config_.base_path, Visit::kArrived) : text(head);
  });
  service_.ServeStrays([this](const http::RequestHead& head) {
    return WantsPage(head) ? std::optional(StartPage(head, config_.base_path, Visit::kLost))
                           : std::nullopt;
  });
}

std::vector<EnvironmentAccount> Host::AdoptEnvironment(Program program) {
  // The environment of a program that takes no logins says nothing of the accounts.
  if (program == Program::kMediaSync) return {};
  std::vector<EnvironmentAccount> named = EnvironmentAccountsOf(config_);
  if (cells_) {  // all may have the same variables, and each user one home
    std::erase_if(named, [this](const EnvironmentAccount& account) {
      return !accounts_.Find(account.name) &&
             cells_->map()->HomeOfUser(account.name).name != cells_->self();
    });
  }
  for (const std::string& warning : accounts_.AdoptEnvironment(named)) log_.Warning(warning);
  return named;
}

std::unique_ptr<Cells> Host::OpenCells() const {
  if (config_.cells.map.empty()) return nullptr;
  auto cells = std::make_unique<Cells>(config_.cells.map, config_.cells.self);
  ClaimVolume(volume_, cells->self());
  return cells;
}

void Host::ReloadCells() {
  if (!cells_) return;
  try {
    if (cells_->Reload()) log_.Info("cells read again", {{"file", config_.cells.map.string()}});
  } catch (const SyncError& error) {
    log_.Error("cells not read again, as before", {{"reason", error.what()}});
  }
}

std::optional<service::Caller> Host::AuthenticateElsewhere(std::string_view hkey,
                                                           const Identity* known) {
  if (!cells_) return std::nullopt;
  if (const auto home = cells_->Elsewhere(hkey, known)) {
    service::Caller caller{.account = {}, .device = {}, .user = {}, .folder = {}, .hold = {}};
    caller.account = known ? known->account : PartsOf(hkey)->account;
    if (known) caller.user = known->name;
    caller.hold = service::Hold{.sentence = SentenceFor(*home), .is_move = true};
    caller.elsewhere = home->url;
    return caller;
  }
  // A 403 would make the device forget its login, and the file may be ahead of a move.
  const auto parts = known ? std::nullopt : PartsOf(hkey);
  if (parts && !authenticator_.HasAccount(parts->account)) {
    throw SyncError(ErrorKind::kUnavailable, "account " + std::to_string(Raw(parts->account)) +
                                                 " is not in this cell, where the file of cells "
                                                 "has it");
  }
  return std::nullopt;
}

std::optional<service::Caller> Host::Authenticate(std::string_view hkey) {
  const auto identity = authenticator_.Find(hkey);
  if (auto caller = AuthenticateElsewhere(hkey, identity.get())) return caller;
  if (!identity) return std::nullopt;
  service::Caller caller{.account = identity->account,
                         .device = identity->device,
                         .user = identity->name,
                         .folder = identity->folder,
                         .hold = std::nullopt,
                         .quota = identity->quota};
  if (identity->hold) {
    caller.hold = service::Hold{.sentence = identity->hold->sentence,
                                .is_move = MoveHoldOf(identity->hold->reason).has_value()};
  } else if (identity->state != AccountState::kEnabled) {
    caller.hold = service::Hold{
        .sentence = identity->state == AccountState::kDisabled ? kDisabled : kWithdrawn};
  }
  return caller;
}

}  // namespace ankisync
