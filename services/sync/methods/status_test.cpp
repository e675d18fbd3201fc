// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// protocol.json: status, as far as methods decide. Paths, verbs, the anki-sync header and the zstd
// frame are decided before any method; common/service, common/protocol, common/codec and
// tests/conformance try those cases.
namespace ankisync::sync {
namespace {

constexpr char kMeta[] = R"({"v":11,"cv":"x"})";

std::string Nested(int levels) {
  const auto brackets = static_cast<std::size_t>(levels - 1);
  return R"({"v":11,"cv":"x","z":)" + std::string(brackets, '[') + std::string(brackets, ']') + '}';
}

const std::map<std::string, std::string> kValid{
    {"meta", kMeta},
    {"start", R"({"minUsn":10,"lnewer":false,"graves":null})"},
    {"applyGraves", R"({"chunk":{"cards":[],"decks":[],"notes":[]}})"},
    {"applyChanges", R"({"changes":{"models":[],"decks":[[],[]],"tags":[]}})"},
    {"chunk", "{}"},
    {"applyChunk", R"({"chunk":{}})"},
    {"sanityCheck2", R"({"client":[[0,0,0],0,0,0,0,1,1,1]})"},
    {"finish", "{}"},
    {"abort", "{}"},
    {"upload", "fake data"},
    {"download", "{}"}};

// By what the golden case says behind the method's name.
const std::map<std::string, std::string> kMetaBodies{
    {"not JSON", "hello"},
    {"null", "null"},
    {"empty object", "{}"},
    {"array", R"([11,"x"])"},
    {"trailing text", std::string(kMeta) + "x"},
    {"trailing blanks", std::string(kMeta) + " \n\t "},
    {"BOM", std::string("\xEF\xBB\xBF") + kMeta},
    {"invalid UTF-8", "{\"v\":11,\"cv\":\"\xFF\"}"},
    {"duplicate key", R"({"v":11,"v":11,"cv":"x"})"},
    {"comment", std::string("/* */") + kMeta},
    {"nesting 127", Nested(127)},
    {"nesting 128", Nested(128)},
    {"nesting 129", Nested(129)}};

const std::map<std::string, std::string> kEmptyInputs{{"{}", "{}"},
                                                      {"null", "null"},
                                                      {"empty", ""},
                                                      {"[]", "[]"},
                                                      {R"({"x":1})", R"({"x":1})"},
                                                      {R"({"_pad":null})", R"({"_pad":null})"},
                                                      {R"({"_pad":1})", R"({"_pad":1})"},
                                                      {"[null]", "[null]"},
                                                      {"{ } with blanks", " { } \n"}};

const std::map<std::string, std::string> kLogins{{"right", R"({"u":"u","p":"p"})"},
                                                 {"wrong password", R"({"u":"u","p":"x"})"},
                                                 {"wrong user", R"({"u":"x","p":"p"})"},
                                                 {"user in other case", R"({"u":"U","p":"p"})"},
                                                 {"user with blank", R"({"u":"u ","p":"p"})"},
                                                 {"p missing", R"({"u":"u"})"},
                                                 {"p not a string", R"({"u":"u","p":5})"},
                                                 {"extra key", R"({"u":"u","p":"p","x":1})"},
                                                 {"empty", R"({"u":"","p":""})"},
                                                 {"with a stale key", R"({"u":"u","p":"p"})"}};

const std::map<std::string, std::string> kStarts{
    {"minUsn missing", R"({"lnewer":false,"graves":null})"},
    {"lnewer missing", R"({"minUsn":10,"graves":null})"},
    {"graves missing", R"({"minUsn":10,"lnewer":false})"},
    {"offset extra", R"({"minUsn":10,"lnewer":false,"graves":null,"offset":0})"},
    {"minUsn float", R"({"minUsn":10.0,"lnewer":false})"},
    {"minUsn too big", R"({"minUsn":2147483648,"lnewer":false})"},
    {"lnewer 1", R"({"minUsn":10,"lnewer":1})"},
    {"lnewer null", R"({"minUsn":10,"lnewer":null})"}};

const std::map<std::string, std::string> kChanges{
    {"changes missing", "{}"},
    {"changes null", R"({"changes":null})"},
    {"models missing", R"({"changes":{"decks":[[],[]],"tags":[]}})"},
    {"decks missing", R"({"changes":{"models":[],"tags":[]}})"},
    {"tags missing", R"({"changes":{"models":[],"decks":[[],[]]}})"},
    {"decks with one list", R"({"changes":{"models":[],"decks":[[]],"tags":[]}})"},
    {"decks with three lists", R"({"changes":{"models":[],"decks":[[],[],[]],"tags":[]}})"},
    {"decks as object", R"({"changes":{"models":[],"decks":{"decks":[],"config":[]},"tags":[]}})"},
    {"models as object", R"({"changes":{"models":{},"decks":[[],[]],"tags":[]}})"},
    {"extra keys", R"({"changes":{"models":[],"decks":[[],[]],"tags":[],"x":1},"y":2})"},
    {"changes as array", R"({"changes":[[],[[],[]],[]]})"}};

const std::map<std::string, std::string> kChunks{{"chunk missing", "{}"},
                                                 {"chunk null", R"({"chunk":null})"},
                                                 {"chunk empty", R"({"chunk":{}})"},
                                                 {"done null", R"({"chunk":{"done":null}})"},
                                                 {"done 1", R"({"chunk":{"done":1}})"},
                                                 {"revlog null", R"({"chunk":{"revlog":null}})"},
                                                 {"extra keys", R"({"chunk":{"x":1},"y":2})"}};

// No client sends an object as a list, or a list as an object: 400. What we do not know in an empty
// input is ignored: 200.
const std::map<std::string, int> kDepartures{{"meta body array", 400},
                                             {"applyChanges decks as object", 400},
                                             {"chunk with []", 400},
                                             {"finish with []", 400},
                                             {"abort with []", 400},
                                             {"download with []", 400},
                                             {"chunk with [null]", 400},
                                             {"finish with [null]", 400},
                                             {"abort with [null]", 400},
                                             {"download with [null]", 400},
                                             {R"(chunk with {"x":1})", 200},
                                             {R"(finish with {"x":1})", 200},
                                             {R"(abort with {"x":1})", 200},
                                             {R"(download with {"x":1})", 200},
                                             {R"(chunk with {"_pad":1})", 200},
                                             {R"(finish with {"_pad":1})", 200},
                                             {R"(abort with {"_pad":1})", 200},
                                             {R"(download with {"_pad":1})", 200}};

bool IsDecidedBeforeAnyMethod(const std::string& what) {
  constexpr std::string_view kBefore[] = {
      "GET ",      "POST ",     "HEAD ",    "PUT ",          "OPTIONS ", "unknown", "no header",
      "header",    "method in", "trailing", "double",        "query",    "percent", "deeper",
      "anki-sync", "body",      "zstd",     "sanityCheck (", "getDecks"};
  return std::any_of(std::begin(kBefore), std::end(kBefore),
                     [&what](std::string_view prefix) { return what.starts_with(prefix); });
}

class Status : public testing::Test {
 protected:
  Status() {
    server_.Install("ada", CollectionFile::Base());
    keyless_.skey.clear();
  }

  Answer Ask(const std::string& what) {
    const auto space = what.find(' ');
    const std::string method = what.substr(0, space);
    const std::string rest = what.substr(space + 1);
    if (method == "hostKey") return stranger_.Call(method, kLogins.at(rest));
    if (rest == "with unknown key") return stranger_.Call(method, kValid.at(method));
    if (rest == "with empty s") return keyless_.Call(method, kValid.at(method));
    if (method == "meta") return device_.Call(method, kMetaBodies.at(rest.substr(5)));  // "body "
    if (method == "start") return device_.Call(method, kStarts.at(rest));
    device_.Start();
    if (method == "applyChanges") return device_.Call(method, kChanges.at(rest));
    if (method == "applyChunk") return device_.Call(method, kChunks.at(rest));
    return device_.Call(method, kEmptyInputs.at(rest.substr(5)));  // "with "
  }

 private:
  SyncServer server_;
  Device device_{server_};
  Device keyless_{server_};
  Device stranger_ = Device::WithKey(server_, "no key");
};

TEST_F(Status, OfWhatMethodsDecideIsTheReferences) {
  const auto vectors = LoadVectors("protocol.json");
  const auto cases = At(vectors.root(), "status").items();
  ASSERT_EQ(cases.size(), 175U);
  std::size_t asked = 0;
  std::size_t departures = 0;
  for (const json::Value& c : cases) {
    const std::string what(c.items()[0].text());
    if (IsDecidedBeforeAnyMethod(what)) continue;
    const auto departure = kDepartures.find(what);
    const bool departs = departure != kDepartures.end();
    EXPECT_EQ(Ask(what).status,
              departs ? departure->second : std::stoi(std::string(c.items()[1].text())))
        << what;
    ++asked;
    departures += departs;
  }
  EXPECT_EQ(asked, 103U);
  EXPECT_EQ(departures, kDepartures.size());
}

}  // namespace
}  // namespace ankisync::sync
