// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/media_upkeep.h"

#include <utility>

#include "common/core/error.h"

namespace ankisync::media {

MediaUpkeep::MediaUpkeep(const Volume& volume, UserMedia::Tools tools, Settings settings,
                         std::function<void(const Done&)> on_done)
    : volume_(volume),
      tools_(std::move(tools)),
      settings_(settings),
      on_done_(std::move(on_done)),
      next_(tools_.clock.Steady() + settings_.first_after) {}

MediaUpkeep::~MediaUpkeep() {
  is_stopping_ = true;
  thread_.Stop();
}

void MediaUpkeep::EverySecond() {
  if (is_running_ || tools_.clock.Steady() < next_) return;
  next_ = tools_.clock.Steady() + settings_.then_every;
  is_running_ = true;
  thread_.Post([this] {
    LookThroughAll();
    is_running_ = false;
  });
}

void MediaUpkeep::Wait() { thread_.Stop(); }

void MediaUpkeep::LookThroughAll() {
  std::vector<std::string> folders;
  try {
    folders = volume_.Folders();
  } catch (const SyncError& error) {
    on_done_({.folder = {}, .collected = {}, .findings = {}, .trouble = error.what()});
  }
  for (const std::string& folder : folders) {
    if (is_stopping_) return;
    const Done done = LookThrough(folder);
    if (done.collected.blobs > 0 || done.collected.temporaries > 0 || done.findings.lost > 0 ||
        done.findings.reinstated > 0 || !done.trouble.empty())
      on_done_(done);
  }
}

MediaUpkeep::Done MediaUpkeep::LookThrough(const std::string& folder) {
  Done done{.folder = folder, .collected = {}, .findings = {}, .trouble = {}};
  const auto stop = [this] { return is_stopping_.load(); };
  try {
    const auto path = volume_.UserFolder(folder);
    if (!std::filesystem::exists(UserMedia::IndexFile(path))) return done;
    // Of its own, so that the indexes of those who sync stay open instead.
    UserMedia media(path, tools_);
    done.findings = VerifyMedia(media, BlobStore::Depth::kSize, stop);
    done.collected = CollectMedia(media, settings_.retention, stop);
  } catch (const std::exception& error) {
    done.trouble = error.what();
  }
  return done;
}

}  // namespace ankisync::media
