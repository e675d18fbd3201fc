// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "common/codec/test_gzip.h"
#include "common/protocol/test_form.h"
#include "common/storage/collection/schema.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// Clients before 2.1.57: protocol.json, legacy_framing; full syncs in schema 11.
namespace ankisync::sync {
namespace {

using protocol::Form;
using protocol::Parts;

constexpr char kOneCard[] = "insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')";
constexpr char kMeta[] = R"({"v":10,"cv":"x"})";
constexpr char kKey[] = "ada/1";

struct Case {
  std::string note;
  std::string method;
  Parts parts;
};

// One after another, on one server.
const std::vector<Case> kCases{
    {"meta, k, no c", "meta", {{"k", kKey}, {"data", kMeta}}},
    {"meta, c = 0", "meta", {{"c", "0"}, {"k", kKey}, {"data", kMeta}}},
    {"meta, c = 1, gzip", "meta", {{"c", "1"}, {"k", kKey}, {"data", Gzip(kMeta)}}},
    {"meta, c = 1, not gzip", "meta", {{"c", "1"}, {"k", kKey}, {"data", kMeta}}},
    {"meta, c = 0, gzip", "meta", {{"c", "0"}, {"k", kKey}, {"data", Gzip(kMeta)}}},
    {"meta, c = x, gzip", "meta", {{"c", "x"}, {"k", kKey}, {"data", Gzip(kMeta)}}},
    {"meta, c empty, plain", "meta", {{"c", ""}, {"k", kKey}, {"data", kMeta}}},
    {"meta, key as sk", "meta", {{"sk", kKey}, {"data", kMeta}}},
    {"meta, both: last wins", "meta", {{"k", "bad"}, {"sk", kKey}, {"data", kMeta}}},
    {"meta, both, other order", "meta", {{"k", kKey}, {"sk", "bad"}, {"data", kMeta}}},
    {"meta, no key", "meta", {{"data", kMeta}}},
    {"meta, wrong key", "meta", {{"k", "bad"}, {"data", kMeta}}},
    {"meta, data without filename", "meta", {{"k", kKey}, {"data", kMeta}}},
    {"meta, no data", "meta", {{"k", kKey}}},
    {"meta body v 11", "meta", {{"k", kKey}, {"data", R"({"v":11,"cv":"x"})"}}},
    {"meta body v 7", "meta", {{"k", kKey}, {"data", R"({"v":7,"cv":"x"})"}}},
    {"unknown fields ignored", "meta", {{"zz", "1"}, {"k", kKey}, {"v", "x"}, {"data", kMeta}}},
    {"start",
     "start",
     {{"k", kKey}, {"s", "P.=v*kx:m}"}, {"data", R"({"minUsn":10,"lnewer":false,"graves":null})"}}},
    {"start without s",
     "start",
     {{"k", kKey}, {"data", R"({"minUsn":10,"lnewer":false,"graves":null})"}}},
    {"chunk, no data", "chunk", {{"k", kKey}, {"s", "P.=v*kx:m}"}}},
    {"chunk, empty data", "chunk", {{"k", kKey}, {"s", "P.=v*kx:m}"}, {"data", ""}}},
    {"finish", "finish", {{"k", kKey}, {"s", "P.=v*kx:m}"}, {"data", "{}"}}},
    {"abort, no data", "abort", {{"k", kKey}, {"s", "P.=v*kx:m}"}}},
    {"hostKey", "hostKey", {{"data", R"({"u":"u","p":"p"})"}}},
    {"hostKey wrong", "hostKey", {{"data", R"({"u":"u","p":"x"})"}}},
    {"download, no data", "download", {{"k", kKey}}},
    {"unknown method", "nope", {{"k", kKey}, {"data", "{}"}}},
};

class LegacyFraming : public testing::Test {
 protected:
  LegacyFraming() { server.Install("ada", CollectionFile().Run(kOneCard).bytes()); }

  http::Answer SendForm(const std::string& method, std::string form) {
    http::RequestHead head;
    head.method = "POST";
    head.path = "/sync/" + method;
    head.headers.Add("content-type", "multipart/form-data; boundary=b");
    return server.Send(head, std::move(form));
  }
  Answer Call(const std::string& method, const Parts& parts) {
    return SyncServer::Read(SendForm(method, Form(parts)));
  }

  SyncServer server;
};

std::string WithoutFileName(std::string form) {
  const std::string name = "; filename=\"data\"";
  form.erase(form.find(name), name.size());
  return form;
}

void ExpectSchema11(const std::string& file) {
  const TemporaryFolder folder;
  WriteFileAtomically(folder / "downloaded", file);
  sqlite::Connection db(folder / "downloaded", sqlite::OpenMode::kReadOnly);
  EXPECT_TRUE(HasSchema11(db));
  EXPECT_EQ(db.Int("SELECT ver FROM col"), 11);
  EXPECT_EQ(db.Int("SELECT count(*) FROM cards"), 1);
}

TEST_F(LegacyFraming, IsReadAndAnsweredLikeTheReferenceDoes) {
  // Departures. A sync or a download that changes nothing leaves mod as it is, else idle devices
  // wake one another for ever; keys are ours.
  const std::map<std::string, std::string> ours{{"finish", "1700000000000"},
                                                {"hostKey", R"({"key":"u/1"})"}};
  const auto vectors = LoadVectors("protocol.json");
  const auto expected = At(vectors.root(), "legacy_framing").items();
  ASSERT_EQ(expected.size(), kCases.size());
  for (std::size_t i = 0; i < kCases.size(); ++i) {
    const Case& c = kCases[i];
    SCOPED_TRACE(c.note);
    ASSERT_EQ(expected[i].items()[0].text(), c.note);
    std::string form = Form(c.parts);
    if (c.note == "meta, data without filename") form = WithoutFileName(std::move(form));
    http::Answer sent = SendForm(c.method, std::move(form));
    for (const auto& [name, value] : sent.headers) EXPECT_NE(name, "anki-original-size");
    const Answer answer = SyncServer::Read(std::move(sent));
    EXPECT_EQ(std::to_string(answer.status), expected[i].items()[1].text());
    if (answer.status != 200) continue;
    if (c.method == "download") {
      ExpectSchema11(answer.text);
      continue;
    }
    const auto text =
        ours.contains(c.note) ? ours.at(c.note) : std::string(expected[i].items()[2].text());
    EXPECT_EQ(Canonical(answer.text),
              Canonical(json::Document::Parse(text).root(),
                        {{"NOW_S", std::to_string(Raw(ToSeconds(SyncServer::kNow)))}}));
  }
}

TEST_F(LegacyFraming, AHeaderOfProtocol10GetsWhatAFormGets) {
  Device device(server);
  device.version = 10;
  ExpectSchema11(device.Call("download").text);
}

TEST_F(LegacyFraming, FullSyncsGoBothWaysBesideNewClients) {
  const std::string file = Call("download", {{"k", kKey}}).text;
  EXPECT_EQ(Call("download", {{"k", kKey}}).text.size(), file.size()) << "it changed nothing";
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(ver,mod,usn) FROM col"),
            std::vector<std::string>{"[18,1700000000000,10]"});
  for (const auto& entry : std::filesystem::directory_iterator(server.FolderOf("ada")))
    EXPECT_EQ(entry.path().filename().string().find("copy"), std::string::npos);

  const auto before = server.Rows("ada", "SELECT json_array(id,name,hex(config)) FROM notetypes");
  EXPECT_EQ(Call("upload", {{"data", Gzip(file)}, {"c", "1"}, {"k", kKey}}).text, "OK");
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(ver,mod,usn) FROM col"),
            std::vector<std::string>{"[18,1700000000000,10]"});
  EXPECT_EQ(server.Rows("ada", "SELECT json_array(id,name,hex(config)) FROM notetypes"), before);

  Device phone(server, "ada", 2);
  CollectionFile downloaded(phone.Call("download").text);
  EXPECT_TRUE(downloaded.tables().cards.Any());
  EXPECT_EQ(phone.Start().status, 200);
  EXPECT_EQ(phone.Call("sanityCheck2", R"({"client":[[0,0,0],1,0,0,0,1,1,1]})").text.substr(0, 14),
            R"({"status":"ok")");
}

TEST_F(LegacyFraming, ADownloadThatCannotBeMadeLeavesNothingBehind) {
  server.Install("bob", CollectionFile().Run("UPDATE decks SET kind=x'FF'").bytes());
  EXPECT_EQ(Call("download", {{"k", "bob/1"}}).status, 500);
  for (const auto& entry : std::filesystem::directory_iterator(server.FolderOf("bob")))
    EXPECT_EQ(entry.path().filename().string().find("copy"), std::string::npos);
}

// upload_limits.json, `limits`, with MAX_SYNC_PAYLOAD_MEGS=1.
TEST(LegacyLimits, BoundTheWholeFormAndWhatItsDataDecompressTo) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  SyncServer server(
      {.limits = {.json = {3 * kMebibyte, 3 * kMebibyte}, .form_bytes_max = kMebibyte}});
  server.Install("ada", CollectionFile::Base());
  const auto status_of = [&server](Parts parts) {
    parts.emplace_back("padding", std::string(250, ' '));  // framing as long as the reference saw
    http::RequestHead head;
    head.method = "POST";
    head.path = "/sync/meta";
    head.headers.Add("content-type", "multipart/form-data; boundary=b");
    return SyncServer::Read(server.Send(head, Form(parts))).status;
  };
  const auto meta_of = [](std::size_t bytes) {
    std::string json = R"({"v":10,"cv":")";
    json.resize(bytes - 2, 'x');
    return json + "\"}";
  };
  const auto vectors = LoadVectors("upload_limits.json");
  int cases = 0;
  for (const json::Value& c : At(vectors.root(), "limits").items()) {
    const std::string what(c.items()[0].text());
    if (!what.starts_with("legacy")) continue;
    SCOPED_TRACE(what);
    ++cases;
    const std::size_t bytes = std::stoul(what.substr(what.find_first_of("0123456789")));
    const bool is_gzip = what.starts_with("legacy gzip");
    const int status = is_gzip
                           ? status_of({{"k", kKey}, {"c", "1"}, {"data", Gzip(meta_of(bytes))}})
                           : status_of({{"k", kKey}, {"data", meta_of(bytes)}});
    EXPECT_EQ(std::to_string(status), c.items()[1].text());
  }
  EXPECT_EQ(cases, 7);
}

}  // namespace
}  // namespace ankisync::sync
