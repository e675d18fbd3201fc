// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/methods/media_service.h"

#include <utility>

namespace ankisync::media {
namespace {

MediaEvent EventOf(const Request& request, const service::Caller& caller) {
  MediaEvent event;
  event.device = caller.device;
  event.user = caller.user;
  event.client = request.client;
  return event;
}

}  // namespace

MediaMethods::MediaMethods(MediaStore& store, const Volume& volume, UploadLimits limits,
                           std::function<void(const MediaEvent&)> on_event)
    : store_(store), volume_(volume), limits_(std::move(limits)), on_event_(std::move(on_event)) {}

void MediaMethods::ServeOn(service::Service& service) {
  using protocol::Method;
  using service::Caller;
  service.Serve(Method::kMediaBegin, [this](Request& request, const Caller& caller) {
    return ServeBegin(request, caller);
  });
  service.Serve(Method::kMediaChanges, [this](Request& request, const Caller& caller) {
    return MediaChanges(request, caller.device, MediaOf(caller)->index());
  });
  service.Serve(Method::kMediaUploadChanges, [this](Request& request, const Caller& caller) {
    return ServeUpload(request, caller);
  });
  service.Serve(Method::kMediaDownloadFiles, [this](Request& request, const Caller& caller) {
    return ServeDownload(request, caller);
  });
  service.Serve(Method::kMediaSanity, [this](Request& request, const Caller& caller) {
    return ServeSanity(request, caller);
  });
}

Reply MediaMethods::ServeBegin(Request& request, const service::Caller& caller) {
  Reply reply = Begin(request, MediaOf(caller)->index());
  MediaEvent event = EventOf(request, caller);
  event.began = true;
  on_event_(event);
  return reply;
}

Reply MediaMethods::ServeUpload(Request& request, const service::Caller& caller) {
  UploadResult result = UploadChanges(request, *MediaOf(caller), limits_, caller.quota);
  MediaEvent event = EventOf(request, caller);
  event.uploaded = result.applied;
  event.received_bytes = result.bytes;
  event.has_no_room = result.has_no_room;
  on_event_(event);
  return std::move(result.reply);
}

Reply MediaMethods::ServeDownload(Request& request, const service::Caller& caller) {
  MediaEvent event = EventOf(request, caller);
  try {
    DownloadResult result = DownloadFiles(request, *MediaOf(caller), open_files_);
    event.downloaded = result.files;
    event.sent_bytes = result.bytes;
    on_event_(event);
    return std::move(result.reply);
  } catch (const FilesLost& lost) {
    event.withdrawn = lost.files();
    on_event_(event);
    throw;
  }
}

Reply MediaMethods::ServeSanity(Request& request, const service::Caller& caller) {
  SanityResult result = MediaSanity(request, caller.device, MediaOf(caller)->index());
  MediaEvent event = EventOf(request, caller);
  event.sanity = result.ok;
  on_event_(event);
  return std::move(result.reply);
}

}  // namespace ankisync::media
