// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/media/methods/testing/media_server.h"

// For tests: a device with a media folder, which syncs as Anki does.
// Source: docs/protocol.md, media, 1.12.
namespace ankisync::media::testing {

class Device {
 public:
  using Folder = std::map<std::string, std::string>;

  // `server` is asked for at every call, so that a test can put several behind one another.
  Device(std::function<MediaServer&()> server, std::string name, std::string user = "u")
      : server_(std::move(server)), name_(std::move(name)), user_(std::move(user)) {}

  // What the person sees: nothing, or why the sync stopped.
  std::string Sync();

  // Until nothing is left to say. The number of syncs that ended with an error.
  int SyncUntilQuiet();

  Folder folder;
  int position() const { return last_usn_; }

 private:
  struct Known {
    std::optional<std::string> sha1;  // nothing: deleted
    bool is_pending = true;
  };
  struct Stopped {
    std::string why;
  };

  Who who() const { return {user_, name_, std::to_string(sync_)}; }
  void Scan();
  bool Fetch();
  void Download(const std::vector<std::string>& names);
  bool Send();
  void Compare();

  std::function<MediaServer&()> server_;
  const std::string name_;
  const std::string user_;
  std::map<std::string, Known> table_;
  int last_usn_ = 0;
  int sync_ = 0;
};

}  // namespace ankisync::media::testing
