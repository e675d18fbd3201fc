// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/devices.h"

#include <algorithm>
#include <utility>

#include "common/storage/accounts/hostkey.h"

namespace ankisync {
namespace {

constexpr std::size_t kReportedBytesMax = 200;
constexpr std::int64_t kDayMs = 86'400'000;

// Ends up on an operator's terminal.
std::string Printable(std::string_view reported) {
  std::string text(reported.substr(0, kReportedBytesMax));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

}  // namespace

DeviceId Devices::Register(AccountId account, std::string_view hkey, const Client& client,
                           std::string_view label) {
  const Sha256Digest digest = DigestOfKey(hkey);
  const std::string version = Printable(client.version);
  const std::string address = Printable(client.address);
  const UnixMillis now = clock_.Now();
  SharedDatabase::Change change(sessions_);
  change.db().Execute(
      "INSERT INTO devices (key_digest, account, label, client, address, created_ms, last_used_ms)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      sqlite::Blob{Bytes(digest)}, account, label, version, address, now, now);
  const auto device = static_cast<DeviceId>(change.db().last_insert_rowid());
  change.db().Execute(
      "DELETE FROM devices WHERE id IN (SELECT id FROM devices WHERE account = ?"
      " ORDER BY revoked_ms IS NULL DESC, last_used_ms DESC, id DESC LIMIT -1 OFFSET ?)",
      account, kDevicesPerAccountMax);
  change.Commit();
  return device;
}

void Devices::NoteUse(DeviceId device, const Client& client) {
  const std::lock_guard lock(uses_mutex_);
  uses_[device] = {clock_.Now(), client};
}

void Devices::FlushUse() {
  std::unordered_map<DeviceId, Use> uses;
  {
    const std::lock_guard lock(uses_mutex_);
    uses.swap(uses_);
  }
  if (uses.empty()) return;
  try {
    SharedDatabase::Change change(sessions_);
    for (const auto& [device, use] : uses) {
      const std::string version = Printable(use.client.version);
      const std::string address = Printable(use.client.address);
      change.db().Execute(
          "UPDATE devices SET last_used_ms = ?, client = ?, address = ? WHERE id = ?", use.at,
          version, address, device);
    }
    change.Commit();
  } catch (...) {
    const std::lock_guard lock(uses_mutex_);
    uses_.merge(uses);  // newer notes win
    throw;
  }
}

bool Devices::Revoke(DeviceId device) {
  SharedDatabase::Change change(sessions_);
  const auto revoked =
      change.db().Execute("UPDATE devices SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL",
                          clock_.Now(), device);
  change.Commit();
  return revoked > 0;
}

void Devices::RevokeAll(AccountId account) {
  SharedDatabase::Change change(sessions_);
  change.db().Execute("UPDATE devices SET revoked_ms = ? WHERE account = ? AND revoked_ms IS NULL",
                      clock_.Now(), account);
  change.Commit();
}

void Devices::Forget(AccountId account) {
  SharedDatabase::Change change(sessions_);
  change.db().Execute("DELETE FROM devices WHERE account = ?", account);
  change.Commit();
}

bool Devices::SetLabel(DeviceId device, std::string_view label) {
  SharedDatabase::Change change(sessions_);
  const auto labelled =
      change.db().Execute("UPDATE devices SET label = ? WHERE id = ?", label, device);
  change.Commit();
  return labelled > 0;
}

void Devices::CopyTo(Devices& other, AccountId account) const {
  const std::vector<Device> devices = List(account);
  std::unordered_map<DeviceId, std::string> keys;
  sessions_.Read([&](sqlite::Connection& db) {
    sqlite::Cursor row = db.Query("SELECT id, key_digest FROM devices WHERE account = ?", account);
    while (row.Next()) keys.emplace(row.As<DeviceId>(0), row.Bytes(1));
  });
  SharedDatabase::Change change(other.sessions_);
  for (auto device = devices.rbegin(); device != devices.rend(); ++device) {  // oldest first
    const auto key = keys.find(device->id);
    if (key == keys.end()) continue;  // forgotten in between
    change.db().Execute(
        "INSERT OR REPLACE INTO devices (key_digest, account, label, client, address, created_ms,"
        " last_used_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        sqlite::Blob{key->second}, account, device->label, device->client.version,
        device->client.address, device->created, device->last_used, device->revoked);
  }
  change.Commit();
}

DeviceCounts Devices::Count(UnixMillis since) const {
  const std::int64_t now = Raw(clock_.Now());
  const std::int64_t week_ago = now - 7 * kDayMs;
  const std::int64_t month_ago = now - 30 * kDayMs;
  return sessions_.Read([&](sqlite::Connection& db) {
    sqlite::Cursor row = db.Query(
        "SELECT count(*) FILTER (WHERE revoked_ms IS NULL AND last_used_ms >= ?1),"
        " count(*) FILTER (WHERE revoked_ms IS NULL AND last_used_ms >= ?2 AND last_used_ms < ?1),"
        " count(*) FILTER (WHERE revoked_ms IS NULL AND last_used_ms < ?2),"
        " count(*) FILTER (WHERE revoked_ms >= ?3) FROM devices",
        week_ago, month_ago, since);
    row.Next();
    return DeviceCounts{row.Int(0), row.Int(1), row.Int(2), row.Int(3)};
  });
}

std::vector<Device> Devices::List(AccountId account) const {
  return sessions_.Read([account](sqlite::Connection& db) {
    std::vector<Device> devices;
    sqlite::Cursor row = db.Query(
        "SELECT id, label, client, address, created_ms, last_used_ms, revoked_ms FROM devices"
        " WHERE account = ? ORDER BY id DESC",
        account);
    while (row.Next()) {
      Device device{.id = row.As<DeviceId>(0),
                    .account = account,
                    .label = std::string(row.Text(1)),
                    .client = {std::string(row.Text(2)), std::string(row.Text(3))},
                    .created = row.As<UnixMillis>(4),
                    .last_used = row.As<UnixMillis>(5)};
      if (!row.IsNull(6)) device.revoked = row.As<UnixMillis>(6);
      devices.push_back(std::move(device));
    }
    return devices;
  });
}

}  // namespace ankisync
