// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/worker_pool.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/moving/foreign_server.h"
#include "common/storage/moving/import_media.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// Takes over another server's users: account, devices, media with their usns, collection. Clients
// that were in step with it find nothing to do: same key, same collection, same usns.
//
// A user is held meanwhile (holds.h), so that servers may run. Killed anywhere, the same call goes
// on; `moving-in.json` in the user's folder says that an import is on its way, `moved-in.json` that
// it is done. Without SourceFiles::kLeave nothing of the source changes.
class MoveIn {
 public:
  enum class Standing {
    kReady,  // to be imported, or to be finished
    kDone,
    kRefused,  // the account has data of its own, or cannot be made
  };

  // What is known of a user before anything is done.
  struct Prospect {
    ForeignUser user;
    Standing standing{};
    std::string why_refused;
    std::uint64_t collection_bytes = 0;
    std::uint64_t media_files = 0;
    std::uint64_t media_bytes = 0;
    std::vector<std::string> remarks;  // what is left aside
  };

  struct Progress {
    std::string_view user;
    std::size_t number = 0;  // of this user, from 1
    std::size_t users = 0;
    std::uint64_t files = 0;  // media done
    std::uint64_t files_all = 0;
  };
  // What it throws stops the import, to be gone on with later.
  using OnProgress = std::function<void(const Progress&)>;

  struct Tools {
    const Volume& volume;
    Accounts& accounts;
    Devices& devices;
    Holds& holds;
    const Clock& clock;
    WorkerPool& disk;
  };

  explicit MoveIn(const Tools& tools) : tools_(tools) {}

  // Reads the source's indexes and lists its files; changes nothing. Errors: kUnavailable while the
  // old server runs.
  std::vector<Prospect> Examine(const ForeignServer& server) const;

  // Whether the disk has room for those that are ready. Errors: kUnavailable with the numbers.
  void RequireSpace(const std::vector<Prospect>& prospects, SourceFiles source) const;

  // Users whose files turn out damaged, with the fault: they stay held, so that no client takes
  // their account for an empty one. Errors: kUnavailable while a server does not give a user's lock
  // away, and for what else may pass.
  struct Failure {
    std::string user;
    std::string why;
  };
  std::vector<Failure> Import(const std::vector<Prospect>& prospects, SourceFiles source,
                              const OnProgress& progress);

 private:
  Account AccountFor(const ForeignUser& user);
  void ImportHeld(const Prospect& prospect, SourceFiles source,
                  const std::function<void(std::uint64_t)>& files_done);
  void ImportUser(const ForeignUser& user, const Account& account, SourceFiles source,
                  const std::function<void(std::uint64_t)>& files_done);
  void RegisterDevices(const ForeignUser& user, const Account& account);

  Tools tools_;
};

}  // namespace ankisync
