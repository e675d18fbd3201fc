// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <map>
#include <set>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "services/media/methods/testing/media_server.h"

// What the official server did (tests/vectors/media.json), and where ours does otherwise.
namespace ankisync::media::testing {
namespace {

using json::Value;

const Value& Vectors() {
  static const auto document = json::Document::Parse(
      ReadFile(ANKISYNC_VECTORS "/media.json", std::uint64_t{10} << 20).value());
  return document.root();
}

std::span<const Value> Cases(std::string_view part) { return Vectors().Find(part)->items(); }

std::string_view Note(const Value& entry) { return entry.Find("note")->text(); }

int Int(const Value* value) { return json::ReadInt<int>(*value).value(); }

std::string Text(const Value& value) {
  std::string text;
  json::Writer(text).Tree(value);
  return text;
}

std::string Decoded(std::string_view base64) {
  std::string bytes(base64.size(), '\0');
  const int size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
  const auto padding = base64.size() - (base64.find_last_not_of('=') + 1);
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// A download as recorded: members in order with their sizes, contents, length.
void ExpectZip(const std::string& zip, const Value& recorded, std::string_view note) {
  const auto entries = EntriesOf(zip);
  const auto members = recorded.Find("zip_members")->items();
  ASSERT_EQ(entries.size(), members.size()) << note;
  EXPECT_EQ(zip.size(), static_cast<std::size_t>(Int(recorded.Find("zip_bytes")))) << note;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].name, members[i].items()[0].text()) << note;
    EXPECT_EQ(entries[i].content.size(), static_cast<std::size_t>(Int(&members[i].items()[1])))
        << note;
    const Value* contents = recorded.Find("contents");
    const Value* content = contents ? contents->Find(entries[i].name) : nullptr;
    if (!content || entries[i].name == "_meta") continue;
    EXPECT_EQ(entries[i].content.substr(0, content->text().size()), content->text()) << note;
  }
}

// `_meta` of a download is an object, whose order is arbitrary in the reference.
void ExpectMeta(const std::string& zip, const std::vector<std::string>& names) {
  std::string expected;
  json::Writer out(expected);
  out.StartObject();
  for (std::size_t i = 0; i < names.size(); ++i) out.Key(std::to_string(i)).Text(names[i]);
  out.EndObject();
  EXPECT_EQ(EntriesOf(zip).back().content, expected);
}

class MediaVectors : public ::testing::Test {
 protected:
  Answer Ask(const Value& step, std::string_view session) {
    const std::string method(step.Find("method")->text());
    const Value* zip = step.Find("request")->Find("zip_b64");
    return server_.Call(method, zip ? Decoded(zip->text()) : Text(*step.Find("request")),
                        {.session = std::string(session)});
  }

  void ReplayConversation() {
    int number = 0;
    for (const Value& step : Cases("conversation")) {
      // Sessions of their own: ours remembers one that was ahead (lastUsn 99) and would lead it to
      // reconcile.
      const Answer answer = Ask(step, "step " + std::to_string(number));
      const std::string note =
          std::to_string(number++) + " " + std::string(step.Find("method")->text());
      ASSERT_EQ(answer.status, Int(step.Find("status"))) << note;
      if (answer.status != 200) continue;
      EXPECT_EQ(std::to_string(*answer.original_size), step.Find("anki_original_size")->text());
      const Value& recorded = *step.Find("answer");
      if (recorded.Find("zip_members")) {
        ExpectZip(answer.body, recorded, note);
        std::vector<std::string> names;
        for (const Value& name : step.Find("request")->Find("files")->items())
          names.emplace_back(name.text());
        ExpectMeta(answer.body, names);
      } else {
        EXPECT_EQ(answer.body, Text(recorded)) << note;
      }
    }
    EXPECT_EQ(number, 35);
  }

  std::string Everything() { return server_.Changes(0); }
  std::vector<std::string> Blobs() {
    std::vector<std::string> names;
    server_.MediaOf()->blobs().ForEach(
        [&](const Sha1Digest& sha1, std::uint64_t) { names.push_back(Hex(sha1)); });
    return names;
  }

  const TemporaryFolder folder_;
  MediaServer server_{folder_.path()};
};

TEST_F(MediaVectors, AConversationIsAnsweredAsRecorded) { ReplayConversation(); }

// Zips that were not kept whole.
std::string RebuiltZip(std::string_view note) {
  const auto meta = [](std::string text, std::size_t bytes) {
    text.resize(bytes, ' ');
    return text;
  };
  if (note == "_meta over 51200 bytes by blanks")
    return ZipOf({{"0", "x1"}, {"_meta", meta(R"([["n14","0"]])", 60'000)}});
  if (note == "_meta of exactly 51200 bytes")
    return ZipOf({{"0", "x1"}, {"_meta", meta(R"([["n16","0"]])", 51'200)}});
  if (note == "_meta over 51200 bytes, JSON cut") {
    std::string cut = "[" + std::string(51'200, ' ') + R"(["n15","0"]])";
    return ZipOf({{"0", "x1"}, {"_meta", cut}});
  }
  if (note == "_meta of 50 kB with too long names") {
    Files files;
    for (int n = 0; n < 25; ++n) files.emplace_back(std::string(2000, 'n'), "x1");
    return UploadZip(files);
  }
  ADD_FAILURE() << "no zip for " << note;
  return "";
}

TEST_F(MediaVectors, AnUnusualUploadIsTakenOrRefusedAsRecordedAndWhenRefusedChangesNothing) {
  ReplayConversation();
  int cases = 0;
  for (const Value& entry : Cases("bad_uploads")) {
    const std::string before = Everything();
    const auto blobs_before = Blobs();
    const Value* base64 = entry.Find("zip_b64");
    const Answer answer =
        Note(entry) == "no body"
            ? server_.CallRaw("uploadChanges",
                              std::string(R"({"v":11,"c":"x","s":"s","k":")") + kHkey + "\"}", "")
            : server_.Call("uploadChanges",
                           base64 ? Decoded(base64->text()) : RebuiltZip(Note(entry)));
    EXPECT_EQ(answer.status, Int(entry.Find("status"))) << Note(entry);
    if (answer.status == 200) {
      EXPECT_EQ(answer.body, Text(*entry.Find("answer"))) << Note(entry);
    }
    if (entry.Find("rows_unchanged")->boolean()) {
      EXPECT_EQ(Everything(), before) << Note(entry);
      EXPECT_EQ(Blobs(), blobs_before) << Note(entry);
    } else {
      for (const Value& row : entry.Find("rows_added")->items()) {
        const std::string listed = "[" + Text(row.items()[0]) + "," + Text(row.items()[1]) + ",";
        EXPECT_NE(Everything().find(listed), std::string::npos) << Note(entry);
      }
    }
    ++cases;
  }
  EXPECT_EQ(cases, 37);
  EXPECT_TRUE(std::filesystem::is_empty(server_.FolderOf() / "collection.media/tmp"));
  const auto twice = server_.Download({"n20"});
  EXPECT_EQ(twice[0].content, "two");
}

// A path on Windows, and characters that no client keeps in a name.
const std::set<std::string_view> kStricterHere{"backslash", "newline", "control", "DEL"};

TEST_F(MediaVectors, AFileIsTakenUnderANameAsRecordedAndItsDeletionAlways) {
  std::set<std::string> stored;
  for (const Value& entry : Cases("names")) {
    const std::string name(entry.Find("name")->text());
    const bool is_deletion = entry.Find("deletion")->boolean();
    const bool was_taken = Int(entry.Find("status")) == 200;
    const bool is_taken = is_deletion || (was_taken && !kStricterHere.contains(Note(entry)));
    const int usn = server_.Usn();
    const std::string answer = server_.Upload(
        {{name, is_deletion ? std::nullopt : std::optional<std::string>("content of " + name)}});
    const bool changes =
        is_taken && (is_deletion ? stored.erase(name) > 0 : stored.insert(name).second);
    EXPECT_EQ(answer, is_taken ? "[1," + std::to_string(usn + changes) + "]" : "400")
        << Note(entry);
    if (is_taken && !is_deletion) {
      EXPECT_EQ(server_.Download({name})[0].content, "content of " + name);
    }
  }
  EXPECT_TRUE(stored.empty());
}

class MediaDownloads : public MediaVectors {
 protected:
  MediaDownloads() {
    Files files;
    for (int n = 0; n < 26; ++n) {
      const std::string number = std::to_string(n);
      files.emplace_back((n < 10 ? "f0" : "f") + number, "f" + number);
    }
    for (std::size_t at = 0; at < files.size(); at += 13)
      server_.Upload({files.begin() + static_cast<std::ptrdiff_t>(at),
                      files.begin() + static_cast<std::ptrdiff_t>(at + 13)});
    for (const char* name : {"two_a", "two_b", "two_c"})
      server_.Upload({{name, std::string(2 << 20, name[4])}});
    server_.Upload({{"exact", std::string(2'621'440, 'e')}});
    server_.Upload({{"less", std::string(2'621'439, 'l')}});
    server_.Upload({{"more", std::string(2'621'441, 'm')}});
    server_.Upload({{"one", "1"}});
  }
  int Rows(const std::string& name) {
    const std::string all = Everything();
    return all.find("[\"" + name + "\",") == std::string::npos ? 0 : 1;
  }
};

std::string RequestOf(const Value& entry) {
  if (Note(entry) == "files missing") return "{}";
  if (Note(entry) == "files null") return R"({"files":null})";
  if (Note(entry) == "file name null") return R"({"files":[null]})";
  const std::string files = "{\"files\":" + Text(*entry.Find("files"));
  return files + (Note(entry) == "extra key" ? ",\"more\":1}" : "}");
}

TEST_F(MediaDownloads, AreAnsweredAsRecorded) {
  int cases = 0;
  for (const Value& entry : Cases("downloads")) {
    if (Note(entry).starts_with("file lost on disk")) break;  // from here on: lost files, below
    const Answer answer = server_.Call("downloadFiles", RequestOf(entry));
    ASSERT_EQ(answer.status, Int(entry.Find("status"))) << Note(entry);
    if (answer.status == 200) ExpectZip(answer.body, *entry.Find("answer"), Note(entry));
    ++cases;
  }
  EXPECT_EQ(cases, 20);
}

// Recorded: 409, the row forgotten, the usn as it was. Ours also moves the usn, so that devices
// come by, find their number of files to be another, and send the file again.
TEST_F(MediaDownloads, OfALostFileAreAConflictOnceAndTheUsnMoves) {
  const int usn = server_.Usn();
  std::filesystem::remove(server_.BlobOf("f7"));
  EXPECT_EQ(server_.DownloadStatus({"f06", "f07", "f08"}), 409);
  EXPECT_EQ(Rows("f07"), 0);
  EXPECT_EQ(server_.Usn(), usn + 1);
  EXPECT_EQ(server_.Sanity(32), "OK");
  EXPECT_EQ(server_.DownloadStatus({"f06", "f07", "f08"}), 409);
  EXPECT_EQ(server_.Usn(), usn + 1);
}

// Recorded: the last usn stays above every row, and clients come by in vain for ever.
TEST_F(MediaDownloads, OfALostFileThatHadTheHighestUsnLeaveNoGap) {
  std::filesystem::remove(server_.BlobOf("1"));
  EXPECT_EQ(server_.DownloadStatus({"one"}), 409);
  const int usn = server_.Usn();
  EXPECT_NE(server_.Changes(usn - 1), "[]");
}

// Recorded: served as it lies on the disk, without looking.
TEST_F(MediaDownloads, OfADamagedFileAreNeverDelivered) {
  WriteFileAtomically(server_.BlobOf("f9"), "F9");
  EXPECT_EQ(server_.DownloadStatus({"f09"}), 409);
  EXPECT_EQ(Rows("f09"), 0);
}

// Recorded: the lost file stays lost, since the row's hash is the same.
TEST_F(MediaDownloads, OfALostFileWorkAgainAfterAnIdenticalUpload) {
  std::filesystem::remove(server_.BlobOf("f9"));
  const int usn = server_.Usn();
  EXPECT_EQ(server_.Upload({{"f09", "f9"}}), "[1," + std::to_string(usn) + "]");
  EXPECT_EQ(server_.Download({"f09"})[0].content, "f9");
}

TEST_F(MediaVectors, PagesAreCutAsRecorded) {
  for (int at = 0; at < 1001; at += 25) {
    Files files;
    for (int n = at; n < std::min(at + 25, 1001); ++n) {
      std::string number = std::to_string(n);
      number.insert(0, 4 - number.size(), '0');
      files.emplace_back("p" + number, "content");
    }
    server_.Upload(files);
  }
  const auto page = [&](int last_usn) { return json::Document::Parse(server_.Changes(last_usn)); };
  const auto name_and_usn = [](const Value& row) {
    return "[" + Text(row.items()[0]) + "," + Text(row.items()[1]) + "]";
  };
  int cases = 0;
  for (const Value& entry : Cases("paging")) {
    if (!entry.Find("lastUsn")) continue;
    const auto document = page(Int(entry.Find("lastUsn")));
    const auto rows = document.root().items();
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(Int(entry.Find("rows"))));
    ++cases;
    if (rows.empty()) continue;
    EXPECT_EQ(name_and_usn(rows.front()), Text(*entry.Find("first")));
    EXPECT_EQ(name_and_usn(rows.back()), Text(*entry.Find("last")));
  }
  EXPECT_EQ(cases, 5);
  server_.Upload({{"p0500", "another"}, {"p0001", std::nullopt}});
  const auto first = page(0);
  ASSERT_EQ(first.root().items().size(), 1000U);
  EXPECT_EQ(name_and_usn(first.root().items().front()), R"(["p0000",1])");
  EXPECT_EQ(name_and_usn(first.root().items().back()), R"(["p0500",1002])");
  EXPECT_EQ(Text(page(1002).root()), R"([["p0001",1003,""]])");
}

// The statuses of what is below HTTP; verbs and paths are service's and http's, forms the
// framing's.
TEST_F(MediaVectors, StatusesAreAsRecorded) {
  server_.Upload({{"p0001", "1"}, {"p0001", std::nullopt}});
  const std::map<std::string, std::string> good{{"begin", R"({"v":"x"})"},
                                                {"mediaChanges", R"({"lastUsn":2})"},
                                                {"uploadChanges", UploadZip({})},
                                                {"downloadFiles", R"({"files":[]})"},
                                                {"mediaSanity", R"({"local":12345})"}};
  const std::map<std::string, std::pair<std::string, std::string>> bodies{
      {"begin v missing", {"begin", "{}"}},
      {"begin v empty", {"begin", R"({"v":""})"}},
      {"begin v number", {"begin", R"({"v":1})"}},
      {"begin extra", {"begin", R"({"v":"x","w":1})"}},
      {"mediaChanges lastUsn missing", {"mediaChanges", "{}"}},
      {"mediaChanges lastUsn string", {"mediaChanges", R"({"lastUsn":"0"})"}},
      {"mediaChanges lastUsn float", {"mediaChanges", R"({"lastUsn":0.0})"}},
      {"mediaChanges lastUsn 2^31", {"mediaChanges", R"({"lastUsn":2147483648})"}},
      {"mediaChanges lastUsn null", {"mediaChanges", R"({"lastUsn":null})"}},
      {"mediaChanges snake case", {"mediaChanges", R"({"last_usn":0})"}},
      {"mediaSanity local missing", {"mediaSanity", "{}"}},
      {"mediaSanity local negative", {"mediaSanity", R"({"local":-1})"}},
      {"mediaSanity local string", {"mediaSanity", R"({"local":"0"})"}},
      {"mediaSanity local float", {"mediaSanity", R"({"local":0.0})"}},
      {"mediaSanity local 2^32", {"mediaSanity", R"({"local":4294967296})"}},
      {"mediaSanity local 2^31", {"mediaSanity", R"({"local":2147483648})"}}};
  int cases = 0;
  for (const Value& entry : Cases("status")) {
    const std::string note(entry.items()[0].text());
    const int status = Int(&entry.items()[1]);
    const auto expect = [&](const std::string& method, const std::string& version,
                            const std::string& key, const std::string& session, std::string body) {
      const std::string header =
          R"({"v":)" + version + R"(,"c":"x","k":")" + key + R"(","s":")" + session + "\"}";
      const Answer answer = server_.CallRaw(method, header, std::move(body));
      EXPECT_EQ(answer.status, status) << note;
      EXPECT_EQ(answer.original_size.has_value(), status == 200 && version == "11") << note;
      ++cases;
    };
    if (bodies.contains(note)) {
      const auto& [method, body] = bodies.at(note);
      expect(method, "11", kHkey, "s", ZstdCompress(body));
      continue;
    }
    const auto comma = note.find(", ");
    if (comma == std::string::npos || !good.contains(note.substr(0, comma))) continue;
    const std::string method = note.substr(0, comma);
    const std::string what = note.substr(comma + 2);
    const std::string body = ZstdCompress(good.at(method));
    if (what == "unknown key") expect(method, "11", "unknown", "s", body);
    if (what == "empty key") expect(method, "11", "", "s", body);
    if (what == "empty s") expect(method, "11", kHkey, "", body);
    if (what == "header v 10") expect(method, "10", kHkey, "s", body);
    if (what == "header v 7") expect(method, "7", kHkey, "s", body);
    if (what == "body not zstd") expect(method, "11", kHkey, "s", "not zstd");
    if (what == "body not JSON or zip")
      expect(method, "11", kHkey, "s", ZstdCompress("nothing of the kind"));
    if (what == "body null") expect(method, "11", kHkey, "s", ZstdCompress("null"));
  }
  EXPECT_EQ(cases, 54);
}

}  // namespace
}  // namespace ankisync::media::testing
