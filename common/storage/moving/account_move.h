// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/core/worker_pool.h"
#include "common/storage/accounts/accounts.h"
#include "common/storage/accounts/devices.h"
#include "common/storage/accounts/holds.h"
#include "common/storage/moving/copy_user.h"
#include "common/storage/volume/volume.h"

namespace ankisync {

// One of the two volumes of a move.
struct MoveEnd {
  std::string cell;
  const Volume& volume;
  Accounts& accounts;
  Devices& devices;
  Holds& holds;
};

// One account's way from a volume to another, with servers running on both. Where it stands is in
// the holds of both (move_hold.h) and nowhere else, so that Advance() after a kill at any step goes
// on from there; Undo() leads back until the switch. At any moment at most one side serves.
//
//   copy ahead   media, while people sync
//   freeze       from: leaving. Its sessions end, whoever syncs is told to come back
//   copy         all of it to <data>/arriving/<folder>, compared; account and devices, arriving
//                from the first row on; the folder comes into force by one rename
//   switch       from: gone, in one commit
//   thaw         to: served
//
// What was copied stays in the volume that was left until Confirm(); the account's row and devices
// stay there for good, to lead stale addresses and other servers' keys home.
//
// Errors: kInconsistentData with a sentence for what cannot be moved; kUnavailable when a transfer
// does not end in time, with the account served as before; those of CopyUser().
class AccountMove {
 public:
  // Told of each step that was made, by its name above: a test may end here.
  using OnStep = std::function<void(const std::string& step)>;

  AccountMove(MoveEnd from, MoveEnd to, Account account, WorkerPool& disk, OnStep on_step = {});

  // Refuses what cannot be moved; changes nothing.
  void Check() const;

  // Copies what can be copied ahead, and all else up to the switch, which it makes. The account is
  // then served by nobody until Thaw(): what sends people there is switched in between.
  void Advance();
  void Thaw();
  void Undo();

  bool is_switched() const;

  // The data that a volume keeps of an account that left it. False: it keeps none.
  static bool Confirm(const MoveEnd& left, const Account& account);
  static bool KeepsData(const MoveEnd& left, const Account& account);

 private:
  static std::filesystem::path Left(const MoveEnd& left, const Account& account);  // to be removed
  std::filesystem::path Arriving() const;
  std::filesystem::path Target() const;  // once the account has a row there
  bool IsArriving() const;
  bool IsInForce() const;
  FileLock Freeze();
  void Copy();
  void Step(const char* name) const {
    if (on_step_) on_step_(name);
  }

  MoveEnd from_;
  MoveEnd to_;
  Account account_;
  WorkerPool& disk_;
  OnStep on_step_;
};

}  // namespace ankisync
