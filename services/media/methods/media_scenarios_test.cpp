// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <set>
#include <thread>

#include "common/codec/crc32.h"
#include "common/codec/json_read.h"
#include "common/codec/zip_format.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/media/verify.h"
#include "services/media/methods/testing/media_server.h"

// Media scenarios, numbered as in our list of 28, as far as they lie below HTTP (1 to 7 and 24 do
// not). 8, 10 to 12, 14 and 23 are vectors (media_vectors_test.cpp); 9, 22 and 28 take devices
// (media_devices_test.cpp); 25, kills, is storage's (media_processes_test.cpp).
namespace ankisync::media::testing {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long kMemoryKib = 400 * 1024;
#else
constexpr long kMemoryKib = 24 * 1024;
#endif

struct Deflated {
  std::string bytes;
  std::uint32_t crc32 = 0;
};

Deflated DeflatedZeros(std::uint64_t count) {
  Deflated deflated;
  z_stream stream{};
  ::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::vector<char> zeros(1 << 20);
  do {
    const std::size_t now = std::min<std::uint64_t>(count, zeros.size());
    deflated.crc32 = Crc32({zeros.data(), now}, deflated.crc32);
    count -= now;
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(now);
    do {
      char out[4096];
      stream.next_out = reinterpret_cast<Bytef*>(out);
      stream.avail_out = sizeof out;
      ::deflate(&stream, count == 0 ? Z_FINISH : Z_NO_FLUSH);
      deflated.bytes.append(out, sizeof out - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (count > 0);
  ::deflateEnd(&stream);
  return deflated;
}

// A zip with `members` deflated members "0", "1" … of `bytes` zeros each.
std::string ZipOfZeros(std::uint64_t bytes, int members, const std::string& meta) {
  const Deflated zeros = DeflatedZeros(bytes);
  std::vector<ZipEntry> entries;
  for (int n = 0; n < members; ++n) entries.push_back({std::to_string(n), zeros.bytes});
  entries.push_back({"_meta", meta});
  std::string zip = ZipOf(entries);
  std::string truth;  // stored as they are so far; then the directory is told
  zip::Put32(truth, zeros.crc32);
  zip::Put32(truth, static_cast<std::uint32_t>(zeros.bytes.size()));
  zip::Put32(truth, static_cast<std::uint32_t>(bytes));
  std::size_t at = zip::Get32(zip, zip.size() - zip::kEndBytes + 16);
  for (int n = 0; n < members; ++n) {
    zip[at + 10] = zip::kDeflated;
    zip.replace(at + 16, truth.size(), truth);
    at += zip::kEntryBytes + 1;
  }
  return zip;
}

// The most memory this process has had since the last call.
long PeakKib() {
  std::ifstream status("/proc/self/status");
  long kib = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) kib = std::stol(line.substr(6));
  }
  std::ofstream("/proc/self/clear_refs") << "5";
  return kib;
}

class Media : public ::testing::Test {
 protected:
  int UploadStatus(const std::string& zip) { return server_.Call("uploadChanges", zip).status; }
  void ExpectUnchangedBy(const std::string& zip, const std::string& what) {
    const std::string before = server_.Changes(0);
    EXPECT_EQ(UploadStatus(zip), 400) << what;
    EXPECT_EQ(server_.Changes(0), before) << what;
    EXPECT_TRUE(fs::is_empty(server_.FolderOf() / "collection.media/tmp")) << what;
  }

  const TemporaryFolder folder_;
  MediaServer server_{folder_.path()};
};

TEST_F(Media, S13_AddReplaceAndDeleteInOneBatchCountWhatTheyChange) {
  server_.Upload({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(server_.Upload({{"new", "3"},
                            {"a", "1"},
                            {"b", "22"},
                            {"a", std::nullopt},
                            {"a", std::nullopt},
                            {"unknown", std::nullopt}}),
            "[6,5]");
}

TEST_F(Media, S15_S16_ARefusedUploadChangesNothingAlsoWhenItsLastEntryIsTheBadOne) {
  server_.Upload({{"a", "1"}});
  Files many;
  for (int n = 0; n < 26; ++n) many.emplace_back("f" + std::to_string(n), "x");
  ExpectUnchangedBy(UploadZip(many), "26 entries");
  ExpectUnchangedBy(ZipOf({{"0", "x"}, {"_meta", R"([["new","0"],["b","1"]])"}}),
                    "a missing member");
  ExpectUnchangedBy(UploadZip({{"new", "x"}, {"b", ""}}), "an empty file");
  ExpectUnchangedBy(UploadZip({{"new", "x"}, {"../b", "x"}}), "a path");
  std::string broken = UploadZip({{"new", "xxxxx"}, {"b", "yyyyy"}});
  broken[broken.find("yyyyy")] = 'z';
  ExpectUnchangedBy(broken, "a wrong checksum");
  ExpectUnchangedBy("no zip", "no zip");
}

TEST_F(Media, S15_AFileOfAHundredMebibytesIsTakenAndALargerOneIsNot) {
  ExpectUnchangedBy(ZipOfZeros(104'857'601, 1, R"([["large","0"]])"), "a byte too much");
  EXPECT_EQ(UploadStatus(ZipOfZeros(104'857'600, 1, R"([["large","0"]])")), 200);
  EXPECT_EQ(server_.MediaOf()->index().totals().bytes, 104'857'600);
}

TEST_F(Media, S15_ABatchThatInflatesBeyondItsBoundIsRefusedBeforeItIsInflated) {
  ExpectUnchangedBy(ZipOfZeros(100'000'000, 3, R"([["a","0"],["b","1"],["c","2"]])"),
                    "300 MB from 300 kB");
  EXPECT_THAT(server_.last_refusal(), ::testing::HasSubstr("too large together"));
}

// A bomb: 25 entries name one member of 100 MiB. Then it is downloaded.
TEST_F(Media, S15_AHundredMebibytesNeedLittleMemoryInEitherDirection) {
  std::string meta = "[";
  for (int n = 0; n < 25; ++n)
    meta += std::string(n ? "," : "") + "[\"bomb" + std::to_string(n) + "\",\"0\"]";
  const std::string zip = ZipOfZeros(104'857'600, 1, meta + "]");
  server_.Upload({{"warm up", "x"}});
  PeakKib();
  const long before = PeakKib();
  EXPECT_EQ(UploadStatus(zip), 200);
  EXPECT_LT(PeakKib() - before, kMemoryKib);

  Request request;
  request.payload = std::make_unique<StringSource>(R"({"files":["bomb0"]})");
  const auto no_room = std::make_shared<http::Budget>(0);  // to keep it open
  const DownloadResult result = DownloadFiles(request, *server_.MediaOf(), no_room);
  EXPECT_EQ(result.files, 1);
  auto& stream = std::get<Reply::Stream>(result.reply.payload);
  std::vector<char> buffer(1 << 16);
  std::uint64_t bytes = 0;
  while (const std::size_t count = stream->Read(buffer)) bytes += count;
  EXPECT_EQ(bytes, stream->size());
  EXPECT_LT(PeakKib() - before, kMemoryKib);
}

TEST_F(Media, S17_NamesThatDifferByCaseAreTwoFiles) {
  server_.Upload({{"A.jpg", "upper"}, {"a.jpg", "lower"}, {"CON", "device"}});
  EXPECT_EQ(server_.Download({"a.jpg"})[0].content, "lower");
  EXPECT_EQ(server_.Download({"A.jpg"})[0].content, "upper");
  EXPECT_EQ(server_.Sanity(3), "OK");
}

TEST_F(Media, S18_AnAdditionAndADeletionOfOneNameTakeTwoUsns) {
  EXPECT_EQ(server_.Upload({{"a", "1"}, {"a", std::nullopt}}), "[2,2]");
  EXPECT_EQ(server_.Changes(0), R"([["a",2,""]])");
  EXPECT_EQ(server_.DownloadStatus({"a"}), 409);
}

TEST_F(Media, S19_UploadsAtTheSameTimeGetConsecutiveUsns) {
  constexpr int kThreads = 4;
  constexpr int kUploads = 10;
  MediaServer replica(folder_.path());
  {
    std::vector<std::jthread> clients;
    for (int t = 0; t < kThreads; ++t) {
      clients.emplace_back([&, t] {
        MediaServer& server = t % 2 ? replica : server_;
        for (int n = 0; n < kUploads; ++n) {
          const std::string name = std::to_string(t) + "." + std::to_string(n);
          server.Upload({{name, name}, {name + "b", name}});
          server.Upload({{name, name}}, {.user = "other"});
        }
      });
    }
  }
  const auto changes = json::Document::Parse(server_.Changes(0));
  ASSERT_EQ(changes.root().items().size(), 2U * kThreads * kUploads);
  int usn = 0;
  for (const json::Value& row : changes.root().items())
    EXPECT_EQ(json::ReadInt<int>(row.items()[1]), ++usn);
  EXPECT_EQ(server_.Usn({.user = "other"}), kThreads * kUploads);
}

TEST_F(Media, S20_AnotherUsersFilesAreUnknown) {
  server_.Upload({{"a", "1"}});
  EXPECT_EQ(server_.DownloadStatus({"a"}, {.user = "other"}), 409);
  EXPECT_EQ(server_.Sanity(0, {.user = "other"}), "OK");
}

TEST_F(Media, S21_AnUnknownNameIsAConflictWhereverItStands) {
  server_.Upload({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(server_.DownloadStatus({"?", "a", "b"}), 409);
  EXPECT_EQ(server_.DownloadStatus({"a", "?", "b"}), 409);
  EXPECT_EQ(server_.DownloadStatus({"a", "b", "?"}), 409);
  EXPECT_EQ(server_.events().size(), 1U);  // nothing was lost
}

TEST_F(Media, S26_AFullDiskIsToldAsUnavailableAndOthersAreServed) {
  bool is_full = true;
  const TemporaryFolder folder;
  MediaServer server(folder.path(), [&](MediaStep step) {
    if (is_full && step == MediaStep::kBlobWritten)
      throw SyncError(ErrorKind::kUnavailable, "no space left on device");
  });
  EXPECT_EQ(server.Upload({{"a", "1"}}), "503");
  EXPECT_EQ(server.Changes(0), "[]");
  EXPECT_EQ(server.Upload({{"never", std::nullopt}}), "[1,0]");
  is_full = false;
  EXPECT_EQ(server.Upload({{"a", "1"}}), "[1,1]");
}

TEST_F(Media, S27_ADamagedFileIsWithdrawnAndNeverDelivered) {
  for (const auto& [what, damage] : std::map<std::string, std::string>{
           {"bit flip", "c0ntent of bit flip"}, {"truncated", "content"}, {"empty", ""}}) {
    const std::string content = "content of " + what;
    server_.Upload({{what, content}, {"kept", "kept"}});
    WriteFileAtomically(server_.BlobOf(content), damage);
    EXPECT_EQ(server_.DownloadStatus({"kept", what}), 409) << what;
    EXPECT_EQ(server_.events().back().withdrawn, 1) << what;
    EXPECT_EQ(server_.Changes(0).find(what), std::string::npos) << what;
    EXPECT_EQ(server_.Download({"kept"})[0].content, "kept") << what;
  }
  EXPECT_EQ(server_.Sanity(1), "OK");
}

TEST_F(Media, OfAnUnmountedVolumeAreUnavailableAndNotLost) {
  server_.Upload({{"a", "1"}});
  const std::string before = server_.Changes(0);
  const fs::path blobs = server_.FolderOf() / "collection.media";
  fs::rename(blobs, folder_ / "away");
  EXPECT_EQ(server_.DownloadStatus({"a"}), 503);
  EXPECT_EQ(server_.Upload({{"b", "2"}}), "503");
  fs::rename(folder_ / "away", blobs);
  EXPECT_EQ(server_.Changes(0), before);

  fs::rename(folder_ / "collections", folder_ / "away");
  fs::create_directory(folder_ / "collections");
  EXPECT_EQ(server_.Call("begin", R"({"v":"x"})").status, 503);
  EXPECT_EQ(server_.Changes(0), "503");
  EXPECT_TRUE(fs::is_empty(folder_ / "collections"));
}

TEST_F(Media, AreReportedForTheLogAndTheMetrics) {
  server_.Upload({{"a", "1"}, {"b", "22"}});
  server_.Upload({{"a", "333"}, {"b", "22"}, {"b", std::nullopt}, {"c", std::nullopt}});
  server_.Download({"a"});
  server_.Sanity(7);
  ASSERT_EQ(server_.events().size(), 4U);
  EXPECT_EQ(server_.events()[0].uploaded.added, 2);
  EXPECT_EQ(server_.events()[0].received_bytes, 3U);
  const auto& second = server_.events()[1].uploaded;
  EXPECT_EQ(second.replaced, 1);
  EXPECT_EQ(second.identical, 1);
  EXPECT_EQ(second.deleted, 1);
  EXPECT_EQ(second.was_not_there, 1);
  EXPECT_EQ(server_.events()[2].downloaded, 1);
  EXPECT_EQ(server_.events()[2].sent_bytes, 3U);
  EXPECT_EQ(server_.events()[3].sanity, false);
  EXPECT_EQ(server_.events()[3].user, "u");
  EXPECT_EQ(server_.events()[3].client, "26.09.3,x,linux");
}

// Recorded: OK when the numbers agree, so that the device misses what comes up to its position.
TEST_F(Media, OfADeviceThatIsAheadFailTheSanityCheckOfThatSession) {
  server_.Upload({{"a", "1"}});
  const Who ahead{.session = "ahead"};
  EXPECT_EQ(server_.Changes(99, ahead), "[]");
  EXPECT_EQ(server_.Sanity(1, {.session = "another"}), "OK");
  EXPECT_EQ(server_.Sanity(1, {.hkey = "another device", .session = "ahead"}), "OK");
  EXPECT_EQ(server_.Sanity(1, ahead), "mediaSanity");
  EXPECT_EQ(server_.Sanity(1, ahead), "OK");
}

}  // namespace
}  // namespace ankisync::media::testing
