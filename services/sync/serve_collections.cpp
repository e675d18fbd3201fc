// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/serve_collections.h"

#include <algorithm>

#include "common/core/error.h"
#include "common/storage/media/media_store.h"
#include "services/sync/methods/sync_service.h"
#include "services/sync/session/open_collections.h"

namespace ankisync::sync {
namespace {

namespace fs = std::filesystem;

// A stopping server waits this long for the next call of an open session.
constexpr std::chrono::seconds kSessionSilence{2};

LoginResult ResultOf(const LoginRefused& refused) {
  return refused.why() == LoginRefused::Why::kUnknownUser ? LoginResult::kUnknownUser
                                                          : LoginResult::kWrongPassword;
}

class CollectionsPart final : public Part {
 public:
  explicit CollectionsPart(Host& host)
      : host_(host),
        media_({.disk = host.work(), .clock = host.clock(), .on_step = {}},
               host.config().storage.open_collections),
        collections_(host.volume(), host.clock(),
                     {.collection = {.cache_kib = static_cast<int>(
                                         host.config().storage.collection_cache_kib)},
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
            {}, [this](const SyncEvent& event) { Report(event); }) {
    methods_.ServeOn(host.service());
    host.metrics().Provide(Reading::kOpenCollections,
                           [this] { return static_cast<double>(collections_.size()); });
    host.metrics().Provide(Reading::kSessionsActive,
                           [this] { return static_cast<double>(collections_.sessions()); });
  }

  void EverySecond() override {
    const std::vector<Hold> holds = PlacedHolds();
    collections_.Tidy([&holds](AccountId account) {
      return std::ranges::any_of(
          holds, [account](const Hold& hold) { return !hold.account || *hold.account == account; });
    });
    media_.CloseIdle(
        std::chrono::duration_cast<std::chrono::seconds>(host_.config().storage.collection_idle));
  }
  bool IsQuiet() const override { return !collections_.SessionCalledWithin(kSessionSilence); }

 private:
  // A failure shows on the next request, and this is asked again in a second.
  std::vector<Hold> PlacedHolds() const {
    try {
      return host_.holds().List();
    } catch (const SyncError&) {
      return {};
    }
  }

  std::string Login(const Credentials& credentials) {
    try {
      std::string hkey = host_.logins().Login(credentials.user, credentials.password,
                                              {credentials.client, credentials.remote_address});
      host_.metrics().Login(LoginResult::kOk);
      host_.log().Info("login", {{"user", credentials.user},
                                 {"client", credentials.client},
                                 {"address", credentials.remote_address}});
      return hkey;
    } catch (const LoginRefused& refused) {
      ReportRefused(credentials, ResultOf(refused));
      throw;
    } catch (const LoginThrottled&) {
      ReportRefused(credentials, LoginResult::kThrottled);
      throw;
    }
  }

  void ReportRefused(const Credentials& credentials, LoginResult result) {
    host_.metrics().Login(result);
    host_.log().Warning("login refused", {{"user", credentials.user},
                                          {"client", credentials.client},
                                          {"address", credentials.remote_address},
                                          {"reason", WordOf(result)}});
  }

  MediaSeen MediaOf(const fs::path& user_folder) {
    // Made again, or the disk is gone.
    if (!fs::exists(user_folder)) host_.volume().UserFolder(user_folder.filename().native());
    const auto totals = media_.TotalsOf(user_folder);
    return {Raw(totals.last_usn), totals.bytes, totals.files};
  }

  void Report(const SyncEvent& event) {
    const bool ok = event.outcome == SyncOutcome::kOk;
    host_.log().Write(ok ? LogLevel::kInfo : LogLevel::kWarning,
                      ok ? "✅ SYNC SUCCESS" : "❌ SYNC FAILED",
                      {{"user", event.user},
                       {"kind", WordOf(event.kind)},
                       {"outcome", WordOf(event.outcome)},
                       {"client", event.client},
                       {"received", event.traffic.received},
                       {"sent", event.traffic.sent},
                       {"reason", event.reason}});
  }

  Host& host_;
  MediaStore media_;  // read for what meta tells
  OpenCollections collections_;
  SyncMethods methods_;
};

}  // namespace

std::unique_ptr<Part> ServeCollections(Host& host) {
  return std::make_unique<CollectionsPart>(host);
}

}  // namespace ankisync::sync
