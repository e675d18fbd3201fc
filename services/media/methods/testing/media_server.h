// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/service/service.h"
#include "services/media/methods/media_service.h"

// For tests: the media methods on a service, spoken to without a network.
namespace ankisync::media::testing {

// The key that media.json was recorded with.
inline constexpr char kHkey[] = "26aef033203fc3655de5620300a76ee0e2081444";

// Who calls. A device is its key; any key is one of `user`.
struct Who {
  std::string user = "u";
  std::string hkey = kHkey;
  std::string session = "s";
};

struct Answer {
  int status = 0;
  std::string body;  // decompressed
  std::optional<std::uint64_t> original_size;
};

struct ZipEntry {
  std::string name;
  std::string content;
};

using Files = std::vector<std::pair<std::string, std::optional<std::string>>>;

std::string ZipOf(const std::vector<ZipEntry>& entries);
std::string UploadZip(const Files& files);                // nothing for content: a deletion
std::vector<ZipEntry> EntriesOf(const std::string& zip);  // in the directory's order
std::string ToJson(std::string_view text);                // quoted

class MediaServer final : private service::Observer {
 public:
  explicit MediaServer(const std::filesystem::path& data, OnMediaStep on_step = {});

  Answer Call(const std::string& method, std::string_view payload, const Who& who = {});

  // The request as it came, header and all.
  Answer CallRaw(const std::string& method, const std::string& header, std::string body);

  // The calls that tests make most. Those that cannot be read as said fail the test.
  int Usn(const Who& who = {});
  std::string Changes(int last_usn, const Who& who = {});       // the JSON behind "data"
  std::string Upload(const Files& files, const Who& who = {});  // "data", or the status
  std::string Sanity(std::int64_t local, const Who& who = {});  // without the quotes
  std::vector<ZipEntry> Download(const std::vector<std::string>& names, const Who& who = {});
  Answer AskFor(const std::vector<std::string>& names, const Who& who = {});  // downloadFiles
  int DownloadStatus(const std::vector<std::string>& names, const Who& who = {});

  std::shared_ptr<UserMedia> MediaOf(const std::string& user = "u") {
    return store_.Of(volume_.UserFolder(user));
  }
  std::filesystem::path FolderOf(const std::string& user = "u") { return volume_.UserFolder(user); }
  std::filesystem::path BlobOf(std::string_view content, const std::string& user = "u") {
    return MediaOf(user)->blobs().PathOf(Sha1(content));
  }
  MediaStore& store() { return store_; }
  ManualClock& clock() { return clock_; }
  Quota quota;  // everybody's; not while requests are in progress
  const std::vector<MediaEvent>& events() const { return events_; }
  const std::string& last_refusal() const { return last_refusal_; }

 private:
  void Started(const protocol::MethodInfo*) override {}
  void Ended(const service::RequestEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (!event.error.empty()) last_refusal_ = event.error;
  }
  std::string DataOf(const std::string& method, std::string_view payload, const Who& who);

  Volume volume_;
  WorkerPool disk_{8};
  ManualClock clock_{UnixMillis{1'700'000'000'000}};
  MediaStore store_;
  std::mutex mutex_;  // of the next two, written by any thread and read when none is at work
  std::vector<MediaEvent> events_;
  std::string last_refusal_;
  MediaMethods methods_;
  WorkerPool work_{2};
  service::Service service_;
};

}  // namespace ankisync::media::testing
