// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/serve_collections.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "common/core/error.h"
#include "common/storage/backup/backup_record.h"
#include "common/storage/media/media_store.h"
#include "services/sync/login_relay.h"
#include "services/sync/methods/sync_service.h"
#include "services/sync/session/open_collections.h"
#include "services/sync/session/undo_keeper.h"
#include "services/sync/storage_use.h"
#include "services/sync/sync_reporter.h"

namespace ankisync::sync {
namespace {

namespace fs = std::filesystem;

// A stopping server waits this long for the next call of an open session.
constexpr std::chrono::seconds kSessionSilence{2};

LoginResult ResultOf(const LoginRefused& refused) {
  return refused.why() == LoginRefused::Why::kUnknownUser ? LoginResult::kUnknownUser
                                                          : LoginResult::kWrongPassword;
}

UndoRules UndoRulesOf(const Config::Snapshots& config) {
  return {.retention = {.all_days = static_cast<int>(config.all_days),
                        .daily_days = static_cast<int>(config.daily_days),
                        .weekly_weeks = static_cast<int>(config.weekly_weeks),
                        .monthly_months = static_cast<int>(config.monthly_months),
                        .bytes_max = config.bytes_max},
          .daily = config.daily};
}

SnapshotReason WordFor(Snapshot::Reason reason) {
  switch (reason) {
    case Snapshot::Reason::kUpload:
      return SnapshotReason::kUpload;
    case Snapshot::Reason::kRestore:
      return SnapshotReason::kRestore;
    case Snapshot::Reason::kDaily:
      return SnapshotReason::kDaily;
    case Snapshot::Reason::kManual:
      return SnapshotReason::kManual;
  }
  std::abort();  // no reason at all
}

std::vector<std::string> FoldersOf(std::vector<Account> accounts) {
  std::vector<std::string> folders;
  folders.reserve(accounts.size());
  for (Account& account : accounts) folders.push_back(std::move(account.folder));
  return folders;
}

class CollectionsPart final : public Part {
 public:
  explicit CollectionsPart(Host& host)
      : host_(host),
        reporter_(host.log(), host.metrics()),
        media_({.disk = host.work(), .clock = host.clock(), .on_step = {}},
               host.config().storage.open_collections),
        undo_(host.clock(), UndoRulesOf(host.config().snapshots),
              {.on_tended = [this](const std::string& user,
                                   const UndoTended& tended) { Report(user, tended); },
               .on_failure =
                   [this](const std::string& user, const std::string& reason) {
                     host_.log().Warning("no snapshot yet, the replaced file is kept instead",
                                         {{"folder", user}, {"reason", reason}});
                   }}),
        collections_(
            host.volume(), host.clock(),
            {.collection = {.cache_kib =
                                static_cast<int>(host.config().storage.collection_cache_kib),
                            .keep_undo = [this](const std::filesystem::path& user_folder,
                                                UndoDue due) { undo_.Ask(user_folder, due); }},
             .open_max = host.config().storage.open_collections,
             .session_idle = host.config().limits.session_idle,
             .collection_idle = host.config().storage.collection_idle},
            [&host](AccountId account) {
              return host.service().strands(protocol::Area::kCollection).Of(account);
            }),
        methods_(
            collections_, host.clock(),
            [this](const Credentials& credentials) { return Login(credentials); },
            {.get = [this](const fs::path& folder) { return MediaOf(folder); },
             .is_at_hand = [this](const fs::path& folder) { return media_.KnowsTotals(folder); }},
            {.upload_check = host.config().limits.upload_check}, reporter_),
        use_(host.volume(), [&host] { return FoldersOf(host.accounts().List()); }) {
    if (host.cells()) relay_.emplace();
    methods_.ServeOn(host.service());
    host.metrics().Provide(Reading::kOpenCollections,
                           [this] { return static_cast<double>(collections_.size()); });
    host.metrics().Provide(Reading::kWalBytes,
                           [this] { return static_cast<double>(collections_.wal_bytes()); });
    collections_.WhenOpened(
        [&metrics = host.metrics()](auto duration) { metrics.CollectionOpened(duration); });
    collections_.WhenCheckpointed(
        [&metrics = host.metrics()](auto duration) { metrics.Checkpoint(duration); });
    host.metrics().Provide(Reading::kSessionsActive,
                           [this] { return static_cast<double>(collections_.sessions()); });
    host.metrics().Provide(
        Reading::kStorageBytes, [this] { return use_.collection_bytes(); }, "collection");
    host.metrics().Provide(
        Reading::kStorageBytes, [this] { return use_.media_bytes(); }, "media");
    ProvideBackups();
  }

  ~CollectionsPart() override {
    undo_.Stop();
    collections_.CloseAll();  // what is cut off is told yet
  }
  CollectionsPart(const CollectionsPart&) = delete;
  CollectionsPart& operator=(const CollectionsPart&) = delete;

  void EverySecond() override {
    methods_.AnswerLateUploads();
    const std::vector<Hold> holds = PlacedHolds();
    collections_.Tidy([&holds](AccountId account) {
      return std::ranges::any_of(
          holds, [account](const Hold& hold) { return !hold.account || *hold.account == account; });
    });
    undo_.Retry();
    media_.CloseIdle(
        std::chrono::duration_cast<std::chrono::seconds>(host_.config().storage.collection_idle));
    use_.EverySecond();
  }
  bool IsQuiet() const override {
    return !collections_.SessionCalledWithin(kSessionSilence) && !methods_.IsCheckingUploads();
  }
  void GiveUp() override { methods_.GiveUpUploads(); }

 private:
  // A failure shows on the next request, and this is asked again in a second.
  std::vector<Hold> PlacedHolds() const {
    try {
      return host_.holds().List();
    } catch (const SyncError&) {
      return {};
    }
  }

  // The cell to ask instead of this one.
  std::optional<CellMap::Cell> ElsewhereToLogin(const std::string& user) {
    const Cells* const cells = host_.cells();
    if (!cells) return std::nullopt;
    const auto account = host_.accounts().Find(user);
    return cells->ElsewhereToLogin(user, account.has_value(),
                                   account ? host_.holds().MoveOf(account->id) : std::nullopt);
  }

  std::string LoginHere(const Credentials& credentials) {
    std::string hkey = host_.logins().Login(credentials.user, credentials.password,
                                            {credentials.client, credentials.remote_address});
    // A move may have begun, and have copied the devices already: nobody gets this key.
    if (ElsewhereToLogin(credentials.user))
      throw SyncError(ErrorKind::kUnavailable, "the account was moved meanwhile");
    return hkey;
  }

  std::string PassOn(const Credentials& credentials, const CellMap::Cell& to) {
    if (credentials.is_passed_on)
      throw SyncError(ErrorKind::kUnavailable,
                      "the files of two cells differ: this one's has the user in " + to.name);
    return relay_->Pass({.user = credentials.user,
                         .password = credentials.password,
                         .client = credentials.client,
                         .remote_address = credentials.remote_address,
                         .from = host_.cells()->self()},
                        to);
  }

  std::string Login(const Credentials& credentials) {
    try {
      const auto elsewhere = ElsewhereToLogin(credentials.user);
      std::string hkey = elsewhere ? PassOn(credentials, *elsewhere) : LoginHere(credentials);
      host_.metrics().Login(LoginResult::kOk);
      Tell(LogLevel::kInfo, "login", credentials, "");
      return hkey;
    } catch (const LoginRefused& refused) {
      TellRefused(credentials, ResultOf(refused));
      throw;
    } catch (const LoginThrottled&) {
      TellRefused(credentials, LoginResult::kThrottled);
      throw;
    } catch (const std::exception& error) {
      Tell(LogLevel::kError, "login failed", credentials, error.what());
      throw;
    }
  }

  void TellRefused(const Credentials& credentials, LoginResult result) {
    host_.metrics().Login(result);
    Tell(LogLevel::kWarning, "login refused", credentials, WordOf(result));
  }

  void Tell(LogLevel level, std::string_view event, const Credentials& credentials,
            std::string_view reason) {
    host_.log().Write(level, event,
                      {{"user", credentials.user},
                       {"client", credentials.client},
                       {"address", credentials.remote_address},
                       {"reason", reason},
                       {"request", credentials.request}});
  }

  MediaSeen MediaOf(const fs::path& user_folder) {
    if (const auto totals = media_.TotalsOf(user_folder))
      return {Raw(totals->last_usn), totals->bytes, totals->files};
    // Made again, or the disk is gone.
    if (!fs::exists(user_folder)) host_.volume().UserFolder(user_folder.filename().native());
    return {};
  }

  void ProvideBackups() {
    constexpr double kNever = std::numeric_limits<double>::quiet_NaN();
    const auto provide = [this](Reading reading, auto value, std::string_view label = {}) {
      host_.metrics().Provide(
          reading, [this, value]() -> double { return value(ReadBackupRecord(host_.volume())); },
          label);
    };
    const auto provide_time = [&](Reading reading, std::optional<UnixSeconds> BackupRecord::*when) {
      provide(reading, [when](const BackupRecord& record) {
        const auto time = record.*when;
        return time ? static_cast<double>(Raw(*time)) : kNever;
      });
    };
    provide_time(Reading::kBackupSuccess, &BackupRecord::backup);
    provide_time(Reading::kVerifySuccess, &BackupRecord::verify);
    provide_time(Reading::kBackupAttempt, &BackupRecord::attempt);
    provide(Reading::kBackupSeconds, [](const BackupRecord& record) {
      return record.took_ms ? static_cast<double>(*record.took_ms) / 1000 : kNever;
    });
    provide(Reading::kBackupBytes, [](const BackupRecord& record) {
      return record.new_bytes ? static_cast<double>(*record.new_bytes) : kNever;
    });
    const auto provide_failures = [&](std::string_view stage, std::int64_t BackupRecord::*count) {
      provide(
          Reading::kBackupFailures,
          [count](const BackupRecord& record) { return static_cast<double>(record.*count); },
          stage);
    };
    provide_failures("create", &BackupRecord::failed_backups);
    provide_failures("verify", &BackupRecord::failed_verifies);
  }

  void Report(const std::string& user_folder, const UndoTended& tended) {
    for (const Snapshot& snapshot : tended.made) {
      host_.metrics().SnapshotMade(WordFor(snapshot.reason));
      const bool is_sound = snapshot.facts && snapshot.facts->damage.empty();
      host_.log().Write(
          is_sound ? LogLevel::kInfo : LogLevel::kError,
          is_sound ? "snapshot" : "snapshot of a damaged collection",
          {{"folder", user_folder}, {"snapshot", snapshot.name}, {"bytes", snapshot.bytes}});
    }
  }

  Host& host_;
  SyncReporter reporter_;
  std::optional<LoginRelay> relay_;  // with cells
  MediaStore media_;                 // read for what meta tells
  UndoKeeper undo_;                  // outlives those below, which ask it
  OpenCollections collections_;
  SyncMethods methods_;
  StorageUse use_;
};

}  // namespace

std::unique_ptr<Part> ServeCollections(Host& host) {
  return std::make_unique<CollectionsPart>(host);
}

}  // namespace ankisync::sync
