// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/authenticator.h"

#include <unordered_map>
#include <utility>

#include "common/sqlite/wal_index.h"
#include "common/storage/accounts/hostkey.h"

namespace ankisync {
namespace {

constexpr std::size_t kKeysCachedMax = 20'000;  // a reader; some 300 bytes each

std::optional<Hold> HoldOf(sqlite::Connection& auth, AccountId account) {
  sqlite::Cursor row = auth.Query(
      "SELECT account, reason, sentence, generation FROM holds WHERE account = ? OR account IS NULL"
      " ORDER BY account IS NULL, generation DESC",
      account);
  if (!row.Next()) return std::nullopt;
  Hold hold{.account = std::nullopt,
            .reason = std::string(row.Text(1)),
            .sentence = std::string(row.Text(2)),
            .generation = row.Int(3)};
  if (!row.IsNull(0)) hold.account = account;
  return hold;
}

}  // namespace

class Authenticator::Reader {
 public:
  Reader(const SharedDatabase& auth, const SharedDatabase& sessions)
      : auth_(auth.OpenReader()), sessions_(sessions.OpenReader()) {}

  std::shared_ptr<const Identity> Find(const Sha256Digest& digest) {
    ForgetWhatMayHaveChanged();
    const auto known = known_.find(digest);
    if (known != known_.end()) return known->second;
    auto identity = Load(digest);
    if (!identity) return nullptr;  // not kept: strangers could fill the cache
    if (known_.size() >= kKeysCachedMax) known_.clear();
    return known_.emplace(digest, std::move(identity)).first->second;
  }

  bool HasAccount(AccountId account) {
    return auth_->Any("SELECT 1 FROM accounts WHERE id = ?", account);
  }

 private:
  void ForgetWhatMayHaveChanged() {
    const bool accounts_changed = accounts_watch_.HasChanged();
    const bool devices_changed = devices_watch_.HasChanged();
    if (accounts_changed || devices_changed) known_.clear();
  }

  std::shared_ptr<const Identity> Load(const Sha256Digest& digest) {
    sqlite::Cursor device = sessions_->Query(
        "SELECT id, account FROM devices WHERE key_digest = ? AND revoked_ms IS NULL",
        sqlite::Blob{Bytes(digest)});
    if (!device.Next()) return nullptr;
    sqlite::Cursor row =
        auth_->Query("SELECT * FROM live_accounts WHERE id = ?", device.As<AccountId>(1));
    if (!row.Next()) return nullptr;
    Account account = AccountOf(row);
    return std::make_shared<const Identity>(Identity{.account = account.id,
                                                     .device = device.As<DeviceId>(0),
                                                     .name = std::move(account.name),
                                                     .folder = std::move(account.folder),
                                                     .state = account.state,
                                                     .quota = account.quota,
                                                     .hold = HoldOf(*auth_, account.id)});
  }

  std::unique_ptr<sqlite::Connection> auth_;
  std::unique_ptr<sqlite::Connection> sessions_;
  sqlite::CommitWatch accounts_watch_{*auth_};
  sqlite::CommitWatch devices_watch_{*sessions_};
  std::unordered_map<Sha256Digest, std::shared_ptr<const Identity>, DigestHash> known_;
};

Authenticator::Authenticator(const SharedDatabase& auth, const SharedDatabase& sessions)
    : auth_(auth), sessions_(sessions) {}

Authenticator::~Authenticator() = default;

template <typename Question>
auto Authenticator::Ask(Question&& question) {
  auto reader = Take();
  auto answer = question(*reader);  // a reader that throws is not used again
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
  return answer;
}

std::shared_ptr<const Identity> Authenticator::Find(std::string_view hkey) {
  return Ask([digest = DigestOfKey(hkey)](Reader& reader) { return reader.Find(digest); });
}

bool Authenticator::HasAccount(AccountId account) {
  return Ask([account](Reader& reader) { return reader.HasAccount(account); });
}

std::unique_ptr<Authenticator::Reader> Authenticator::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return std::make_unique<Reader>(auth_, sessions_);
}

}  // namespace ankisync
