// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/serve_media.h"

#include <utility>

#include "services/media/media_syncs.h"
#include "services/media/media_upkeep.h"
#include "services/media/methods/media_service.h"

namespace ankisync::media {
namespace {

// Threads that do nothing but wait for the disk: it takes many fsyncs at a time.
constexpr std::size_t kDiskThreads = 8;

template <typename Duration>
std::chrono::seconds Seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration);
}

class MediaPart final : public Part {
 public:
  MediaPart(Host& host, OnMediaStep on_step)
      : host_(host),
        disk_(kDiskThreads),
        store_({.disk = disk_, .clock = host.clock(), .on_step = std::move(on_step)},
               host.config().storage.open_collections),
        methods_(store_, host.volume(),
                 {.spool_folder = host.spool().folder(),
                  .content_bytes_max = host.config().limits.media_batch_bytes},
                 [this](const MediaEvent& event) { Report(event); }),
        upkeep_(host.volume(), {.disk = disk_, .clock = host.clock(), .on_step = {}},
                {.retention = Seconds(host.config().storage.media_retention)},
                [this](const MediaUpkeep::Done& done) { Report(done); }) {
    methods_.ServeOn(host.service());
  }

  void EverySecond() override {
    store_.CloseIdle(Seconds(host_.config().storage.collection_idle));
    upkeep_.EverySecond();
  }
  bool IsQuiet() const override { return true; }  // every request stands alone

 private:
  void Report(const MediaEvent& event) {
    Metrics& metrics = host_.metrics();
    metrics.MediaFiles(MediaOperation::kAdded, static_cast<std::uint64_t>(event.uploaded.added));
    metrics.MediaFiles(MediaOperation::kReplaced,
                       static_cast<std::uint64_t>(event.uploaded.replaced));
    metrics.MediaFiles(MediaOperation::kDeleted,
                       static_cast<std::uint64_t>(event.uploaded.deleted));
    metrics.MediaFiles(MediaOperation::kIdentical,
                       static_cast<std::uint64_t>(event.uploaded.identical));
    metrics.MediaFiles(MediaOperation::kDownloaded, static_cast<std::uint64_t>(event.downloaded));
    metrics.MediaFiles(MediaOperation::kWithdrawn, static_cast<std::uint64_t>(event.withdrawn));
    metrics.MediaBytes(Direction::kReceived, event.received_bytes);
    metrics.MediaBytes(Direction::kSent, event.sent_bytes);
    if (event.withdrawn > 0) {
      host_.log().Error("media content lost, withdrawn until a client sends it again",
                        {{"user", event.user}, {"files", event.withdrawn}});
    }
    if (event.has_no_room) {
      metrics.QuotaExceeded(QuotaKind::kMedia);
      host_.log().Warning("media not taken: the quota is full",
                          {{"user", event.user}, {"client", event.client}});
    }
    if (event.sanity == false) metrics.MediaSanityFailed();
    syncs_.Add(event);
    if (event.sanity) LogEnd(event, *event.sanity, syncs_.End(event.device));
  }

  void LogEnd(const MediaEvent& event, bool ok, const MediaSyncs::Sync& sync) {
    host_.log().Write(ok ? LogLevel::kInfo : LogLevel::kWarning,
                      ok ? "✅ SYNC SUCCESS" : "❌ SYNC FAILED",
                      {{"user", event.user},
                       {"kind", "media"},
                       {"client", event.client},
                       {"seconds", std::chrono::duration<double>(sync.duration).count()},
                       {"received", sync.received},
                       {"received_bytes", sync.received_bytes},
                       {"sent", sync.sent},
                       {"sent_bytes", sync.sent_bytes},
                       {"reason", ok ? "" : "media differ: the client compares every file"}});
  }

  void Report(const MediaUpkeep::Done& done) {
    const auto& [folder, collected, findings, trouble] = done;
    host_.metrics().MediaFiles(MediaOperation::kWithdrawn,
                               static_cast<std::uint64_t>(findings.lost));
    host_.metrics().MediaFiles(MediaOperation::kCollected,
                               static_cast<std::uint64_t>(collected.blobs));
    if (!trouble.empty()) {
      host_.log().Warning("media not looked through", {{"folder", folder}, {"reason", trouble}});
      return;
    }
    host_.log().Write(findings.lost > 0 ? LogLevel::kError : LogLevel::kInfo,
                      "media looked through",
                      {{"folder", folder},
                       {"withdrawn", findings.lost},
                       {"reinstated", findings.reinstated},
                       {"collected", collected.blobs},
                       {"bytes", collected.bytes}});
  }

  Host& host_;
  WorkerPool disk_;
  MediaStore store_;
  MediaSyncs syncs_;
  MediaMethods methods_;
  MediaUpkeep upkeep_;
};

}  // namespace

std::unique_ptr<Part> ServeMedia(Host& host, OnMediaStep on_step) {
  return std::make_unique<MediaPart>(host, std::move(on_step));
}

}  // namespace ankisync::media
