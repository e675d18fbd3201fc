// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/core/clock.h"
#include "common/core/ids.h"
#include "common/storage/volume/shared_database.h"

namespace ankisync {

// What a client says of itself. Kept as printable ASCII of at most 200 bytes.
struct Client {
  std::string version;  // "26.08.1,<build>,linux"
  std::string address;
};

// One login.
struct Device {
  DeviceId id{};
  AccountId account{};
  std::string label;  // the operator's word for it
  Client client;      // as last seen
  UnixMillis created{};
  UnixMillis last_used{};
  std::optional<UnixMillis> revoked;
};

// Everybody's logins: those that hold, by their last use, and those that were revoked.
struct DeviceCounts {
  std::int64_t week = 0;   // used in the last 7 days
  std::int64_t month = 0;  // or in the 23 before
  std::int64_t earlier = 0;
  std::int64_t revoked = 0;
};

// An account's logins beyond this number end those that were used longest ago: a program that logs
// in for every sync would otherwise fill the disk.
inline constexpr std::size_t kDevicesPerAccountMax = 1000;

// The devices of session.db. Threads: any. Errors: those of SharedDatabase.
class Devices {
 public:
  Devices(SharedDatabase& sessions, const Clock& clock) : sessions_(sessions), clock_(clock) {}

  // A key given here or, for a device that moves in, by another server.
  // Errors: kInconsistentData for a key that is registered already.
  DeviceId Register(AccountId account, std::string_view hkey, const Client& client,
                    std::string_view label = "");

  // Remembers that a device was just here: memory only, for every request.
  void NoteUse(DeviceId device, const Client& client);
  // Writes what was noted. About once a minute and at the end; what could not be written stays.
  void FlushUse();

  // From the next request on its key is unknown. False when there is no such device (any more).
  bool Revoke(DeviceId device);
  void RevokeAll(AccountId account);
  void Forget(AccountId account);  // all that is known of its devices
  bool SetLabel(DeviceId device, std::string_view label);

  // All that is known of an account's devices, keys included, into another volume's; what is there
  // of the same keys is replaced.
  void CopyTo(Devices& other, AccountId account) const;

  // One pass over all of them: now and then. `since`: which revocations count.
  DeviceCounts Count(UnixMillis since) const;

  std::vector<Device> List(AccountId account) const;  // newest first, revoked ones included

 private:
  struct Use {
    UnixMillis at{};
    Client client;
  };

  SharedDatabase& sessions_;
  const Clock& clock_;
  std::mutex uses_mutex_;
  std::unordered_map<DeviceId, Use> uses_;
};

}  // namespace ankisync
