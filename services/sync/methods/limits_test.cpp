// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "common/codec/zstd_stream.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/objects.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// upload_limits.json: limits, frames_and_nesting.
namespace ankisync::sync {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kDecodedMax = 3 * kMebibyte;  // what MAX_SYNC_PAYLOAD_MEGS=1 means
constexpr std::uint64_t kPageBytes = 4096;
constexpr char kMeta[] = R"({"v":11,"cv":"x"})";

SyncServer::Settings SmallBounds() {
  SyncServer::Settings settings;
  settings.limits.json = settings.limits.collection = {64 * kMebibyte, kDecodedMax};
  return settings;
}

// A collection of exactly that many bytes.
std::string FileOf(std::uint64_t bytes) {
  CollectionFile file;
  file.Run("CREATE TABLE pad (x)");
  while (file.tables().db.Int("PRAGMA page_count") <
         static_cast<std::int64_t>(bytes / kPageBytes)) {
    file.Run("INSERT INTO pad VALUES (zeroblob(3000))");  // a page each
  }
  return file.bytes();
}

std::string MetaWith(const std::string& ignored) {
  return R"({"v":11,"cv":"x","z":")" + ignored + "\"}";
}

// The first number that is no version: "… of 3145727 bytes (3 MiB …".
std::uint64_t NumberIn(const std::string& text) {
  std::size_t at = 0;
  while (!std::isdigit(static_cast<unsigned char>(text[at]))) ++at;
  return std::stoull(text.substr(at));
}

class Limits : public testing::Test {
 protected:
  Limits() { server.Install("ada", CollectionFile::Base()); }

  int MetaStatus(const std::string& body) { return device.Call("meta", body).status; }

  SyncServer server{SmallBounds()};
  Device device{server};
};

// Departures from `limits`:
//   a body over the bound is refused, even when only blanks are too much: nothing is cut off;
//   what has exactly the size of a limit fits, an upload too;
//   a collection that grew over the bound since goes on syncing: meta never asks for a full sync.
// The forms of old clients: legacy_framing_test.cpp.
TEST_F(Limits, AreTheReferencesButForTheCasesAbove) {
  const auto vectors = LoadVectors("upload_limits.json");
  const auto cases = At(vectors.root(), "limits").items();
  ASSERT_EQ(cases.size(), 25U);
  for (const json::Value& c : cases) {
    const auto members = c.items();
    const std::string what(members[0].text());
    SCOPED_TRACE(what);
    const std::string status(members[1].text());
    if (what.starts_with("legacy")) continue;
    if (what.starts_with("meta body of")) {
      const std::string empty = MetaWith("");
      EXPECT_EQ(
          std::to_string(MetaStatus(MetaWith(std::string(NumberIn(what) - empty.size(), 'x')))),
          status);
    } else if (what.starts_with("meta: valid JSON followed by blanks")) {
      std::string body = kMeta;
      body.resize(NumberIn(what), ' ');
      EXPECT_EQ(MetaStatus(body), body.size() > kDecodedMax ? 400 : 200);
    } else if (what.starts_with("meta: 2 MiB incompressible")) {
      std::string body;
      for (std::uint64_t state = 1; body.size() < 2 * kMebibyte;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        body += std::to_string(state >> 20);
      }
      EXPECT_EQ(std::to_string(MetaStatus(MetaWith(body))), status);
    } else if (what.starts_with("upload of")) {
      const std::string file = FileOf(NumberIn(what));
      ASSERT_EQ(file.size(), NumberIn(what));
      EXPECT_EQ(device.Upload(file).text,
                file.size() == kDecodedMax ? "OK" : std::string(members[2].text()));
    } else if (what.starts_with("meta.scm with a stored file")) {
      SyncServer other(SmallBounds());
      other.Install("ada", FileOf(NumberIn(what)));
      const auto meta = json::Document::Parse(Device(other).Meta().text);
      EXPECT_EQ(IntAt(meta.root(), "scm"), 1'700'000'000'000);
    } else {
      ASSERT_EQ(what, "meta.scm after it");
      const auto meta = json::Document::Parse(device.Meta().text);
      EXPECT_EQ(At(meta.root(), "scm").text(), status);
    }
  }
}

// A zstd frame of uncompressed blocks, whose last one is not marked so.
std::string UnfinishedFrame(const std::string& text) {
  constexpr std::size_t kBlockBytes = 100'000;
  std::string frame("\x28\xB5\x2F\xFD\x00\x40", 6);
  for (std::size_t at = 0; at < text.size(); at += kBlockBytes) {
    const std::string block = text.substr(at, kBlockBytes);
    const std::size_t head = block.size() << 3;
    for (int shift : {0, 8, 16}) frame += static_cast<char>(head >> shift & 0xFF);
    frame += block;
  }
  return frame;
}

std::string Nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST_F(Limits, OfNestingAreTheReferencesAndNoFrameMayBeCut) {
  const std::map<std::string, std::string> frames{
      {"meta: zstd frame without its last block (all data present)", UnfinishedFrame(kMeta)},
      {"meta: frame cut inside the last block header", UnfinishedFrame(kMeta) + '\x01'},
      {"meta: unterminated frame, 300 kB blanks first",
       UnfinishedFrame(std::string(300'000, ' ') + kMeta)},
      {"meta: only the zstd magic", "\x28\xB5\x2F\xFD"},
      {"meta: two bytes of the magic", "\x28\xB5"}};
  const auto vectors = LoadVectors("upload_limits.json");
  const auto cases = At(vectors.root(), "frames_and_nesting").items();
  ASSERT_EQ(cases.size(), 26U);
  for (const json::Value& c : cases) {
    const std::string what(c.items()[0].text());
    SCOPED_TRACE(what);
    const int status = std::stoi(std::string(c.items()[1].text()));
    if (const auto frame = frames.find(what); frame != frames.end()) {
      // Departure: a body that was cut is a body that was cut, though it may look whole.
      EXPECT_EQ(SyncServer::Read(device.Send("meta", frame->second)).status, 400);
      continue;
    }
    const std::string nested = Nested(NumberIn(what));
    if (what.ends_with("in an ignored key")) {
      EXPECT_EQ(MetaStatus(R"({"v":11,"cv":"x","z":)" + nested + '}'), status);
      continue;
    }
    device.Start();
    std::string notetype = NotetypeJson({800, "Deep"});
    notetype.insert(1, "\"mine\":" + nested + ',');
    const std::string changes = what.ends_with("as conf value")
                                    ? Changes({.more = ",\"conf\":{\"k\":" + nested + '}'})
                                    : Changes({.models = notetype});
    EXPECT_EQ(device.ApplyChanges(changes).status, status);
  }
}

}  // namespace
}  // namespace ankisync::sync
