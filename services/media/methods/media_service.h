// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/service/service.h"
#include "common/storage/media/media_store.h"
#include "common/storage/volume/volume.h"
#include "services/media/methods/methods.h"

namespace ankisync::media {

// What one request moved or found, for the log and the metrics.
struct MediaEvent {
  DeviceId device{};
  std::string user;
  std::string client;
  UserMedia::Applied uploaded;
  std::int64_t downloaded = 0;  // files
  std::int64_t withdrawn = 0;   // files whose content was found lost
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  bool began = false;          // the request was the first of a sync
  bool has_no_room = false;    // of an upload: its quota is full, it is told
  std::optional<bool> sanity;  // what a client that ends its sync was told: true is OK
};

inline constexpr std::uint64_t kOpenFilesMax = 1000;  // of answers on their way

// Puts the methods of /msync/ on a service. What it is given must outlive the service.
class MediaMethods {
 public:
  MediaMethods(MediaStore& store, const Volume& volume, UploadLimits limits,
               std::function<void(const MediaEvent&)> on_event);

  void ServeOn(service::Service& service);

 private:
  Reply ServeBegin(Request& request, const service::Caller& caller);
  Reply ServeUpload(Request& request, const service::Caller& caller);
  Reply ServeDownload(Request& request, const service::Caller& caller);
  Reply ServeSanity(Request& request, const service::Caller& caller);

  std::shared_ptr<UserMedia> MediaOf(const service::Caller& caller) {
    return store_.Of(volume_.UserFolder(caller.folder));
  }

  MediaStore& store_;
  const Volume& volume_;
  UploadLimits limits_;
  const std::shared_ptr<http::Budget> open_files_ = std::make_shared<http::Budget>(kOpenFilesMax);
  std::function<void(const MediaEvent&)> on_event_;
};

}  // namespace ankisync::media
