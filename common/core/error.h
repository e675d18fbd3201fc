// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace ankisync {

// Why a request had to end. Thrown where it is seen; service/ turns it into a status in one place,
// because clients act on these numbers (a 403 logs a person out, a 400 sends them to Check
// Database).
enum class ErrorKind {
  kMalformedRequest,  // the bytes are not what the method takes
  kTooLarge,          // over a configured bound; for good, not for now
  kInconsistentData,  // well-formed, but contradicts itself or the collection
  kWrongCredentials,  // a wrong password, an unknown or revoked key; never our own trouble
  kSessionConflict,   // no session, or another device's
  kClientTooOld,      // protocol below what we speak, or above it outside `meta`
  kUnavailable,       // overload, draining, volume missing, disk full: "try again in a few minutes"
  kInternal,          // our fault
};

// The message is for the operator: the object and the step, never a password, hkey or card text.
class SyncError : public std::runtime_error {
 public:
  SyncError(ErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace ankisync
