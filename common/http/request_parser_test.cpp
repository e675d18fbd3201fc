// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/request_parser.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "common/http/request_parser_fuzz.h"
#include "common/http/target.h"

namespace ankisync::http {
namespace {

using Event = RequestParser::Event;

struct Request {
  ParsedHead head;
  std::string body;
};

struct Outcome {
  std::vector<Request> requests;  // whole ones
  std::optional<Malformed> malformed;
};

Outcome ParseAll(std::string_view bytes, std::size_t at_a_time) {
  RequestParser parser(16 * 1024, 100);
  Outcome outcome;
  Request request;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, at_a_time);
    bytes.remove_prefix(input.size());
    for (Event event; (event = parser.Next(input)) != Event::kMore;) {
      if (event == Event::kMalformed) {
        outcome.malformed = parser.malformed();
        return outcome;
      }
      if (event == Event::kHead) request = {parser.TakeHead(), ""};
      if (event == Event::kBody) request.body += parser.piece();
      if (event == Event::kEnd) outcome.requests.push_back(std::exchange(request, {}));
    }
  }
  return outcome;
}

// ------------------------------------------------------------ what is understood

TEST(RequestParser, UnderstandsAPostWithItsFields) {
  const auto outcome = ParseAll(
      "POST /sync/meta?x=1 HTTP/1.1\r\nHost: a\r\nAnki-Sync: {\"v\":11} \r\nContent-Length: "
      "4\r\n\r\nbody",
      1000);
  ASSERT_EQ(outcome.requests.size(), 1U);
  const auto& [parsed, body] = outcome.requests[0];
  EXPECT_EQ(parsed.head.method, "POST");
  EXPECT_EQ(parsed.head.path, "/sync/meta");
  EXPECT_EQ(parsed.head.query, "x=1");
  EXPECT_EQ(parsed.head.query, "x=1");
  EXPECT_EQ(parsed.head.headers.Find("anki-sync"), "{\"v\":11}");
  EXPECT_EQ(parsed.head.content_length, 4U);
  EXPECT_TRUE(parsed.keep_alive);
  EXPECT_EQ(body, "body");
}

TEST(RequestParser, UnderstandsTheSameHoweverTheBytesAreCut) {
  const std::string bytes =
      "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;name=\"x\"\r\nhello\r\n1A\r\n"
      "abcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: x\r\n\r\n"
      "POST /c HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyz\r\n"
      "GET /d HTTP/1.0\r\n\r\n";
  for (std::size_t at_a_time = 1; at_a_time <= bytes.size(); ++at_a_time) {
    const auto outcome = ParseAll(bytes, at_a_time);
    ASSERT_EQ(outcome.requests.size(), 4U) << at_a_time;
    EXPECT_EQ(outcome.requests[1].body, "helloabcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(outcome.requests[2].body, "xyz");
    EXPECT_EQ(outcome.requests[3].head.head.path, "/d");
  }
}

struct Life {
  const char* name;
  const char* head;
  bool keep_alive;
};
void PrintTo(const Life& life, std::ostream* out) { *out << life.name; }

class KeepAlive : public testing::TestWithParam<Life> {};

TEST_P(KeepAlive, IsAsTheVersionAndTheFieldSay) {
  const auto outcome = ParseAll(std::string(GetParam().head) + "\r\n", 1000);
  ASSERT_EQ(outcome.requests.size(), 1U);
  EXPECT_EQ(outcome.requests[0].head.keep_alive, GetParam().keep_alive);
}

INSTANTIATE_TEST_SUITE_P(
    Heads, KeepAlive,
    testing::Values(Life{"Http11", "GET / HTTP/1.1\r\n", true},
                    Life{"Http11Close", "GET / HTTP/1.1\r\nConnection: Close\r\n", false},
                    Life{"Http11CloseInAList", "GET / HTTP/1.1\r\nConnection: te ,\tclose\r\n",
                         false},
                    Life{"Http11Empty", "GET / HTTP/1.1\r\nConnection:\r\n", true},
                    Life{"Http10", "GET / HTTP/1.0\r\n", false},
                    Life{"Http10KeepAlive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n", true}),
    [](const auto& test) { return test.param.name; });

TEST(RequestParser, AnExpectationIsSeenInHttp11Only) {
  const std::string rest = "Expect: 100-Continue\r\nContent-Length: 0\r\n\r\n";
  EXPECT_TRUE(ParseAll("PUT / HTTP/1.1\r\n" + rest, 1000).requests[0].head.expects_continue);
  EXPECT_FALSE(ParseAll("PUT / HTTP/1.0\r\n" + rest, 1000).requests[0].head.expects_continue);
}

TEST(RequestParser, KnowsWhetherItIsInTheMiddleOfAHead) {
  RequestParser parser(1024, 10);
  std::string_view input = "GET / HT";
  EXPECT_FALSE(parser.mid_head());
  EXPECT_EQ(parser.Next(input), Event::kMore);
  EXPECT_TRUE(parser.mid_head());
  input = "TP/1.1\r\n\r\n";
  EXPECT_EQ(parser.Next(input), Event::kHead);
  EXPECT_FALSE(parser.mid_head());
}

// ------------------------------------------------------------ what is refused

struct Bad {
  std::string name;
  std::string bytes;
  Malformed malformed = Malformed::kSyntax;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class Refused : public testing::TestWithParam<Bad> {};

TEST_P(Refused, WholeAndByteByByte) {
  for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{4096}, std::size_t{10'000'000}}) {
    const auto outcome = ParseAll(GetParam().bytes, at_a_time);
    EXPECT_TRUE(outcome.requests.empty());
    EXPECT_EQ(outcome.malformed, GetParam().malformed) << at_a_time;
  }
}

std::string Head(const std::string& fields) { return "POST / HTTP/1.1\r\n" + fields + "\r\n"; }

std::vector<Bad> BadHeads() {
  using namespace std::string_literals;
  return {
      {"NoTarget", "GET HTTP/1.1\r\n\r\n"},
      {"NoVersion", "GET /\r\n\r\n"},
      {"Http09", "GET / HTTP/0.9\r\n\r\n"},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"LowerCaseVersion", "GET / http/1.1\r\n\r\n"},
      {"BlankInTarget", "GET /a b HTTP/1.1\r\n\r\n"},
      {"TwoBlanks", "GET  / HTTP/1.1\r\n\r\n"},
      {"ControlInTarget", "GET /\x01 HTTP/1.1\r\n\r\n"},
      {"ParenthesisInMethod", "G(T / HTTP/1.1\r\n\r\n"},
      {"LongMethod", std::string(33, 'A') + " / HTTP/1.1\r\n\r\n"},
      {"TargetWithoutSlash", "CONNECT host:80 HTTP/1.1\r\n\r\n"},
      {"BadPercent", "GET /%4 HTTP/1.1\r\n\r\n"},
      {"EncodedNul", "GET /a%00b HTTP/1.1\r\n\r\n"},
      {"Nul", Head("A: x\0y\r\n"s)},
      {"BareLf", "GET / HTTP/1.1\nHost: a\n\n"},
      {"BareLfInAField", Head("A: x\nB: y\r\n")},
      {"BareCr", Head("A: x\ry\r\n")},
      {"BareCrInTheRequestLine", "GET /\r HTTP/1.1\r\n\r\n"},
      {"Folded", Head("A: x\r\n y\r\n")},
      {"BlankBeforeColon", Head("A : x\r\n")},
      {"NoColon", Head("A\r\n")},
      {"NoName", Head(": x\r\n")},
      {"SecondHost", Head("Host: a\r\nHost: a\r\n")},
      {"LengthNegative", Head("Content-Length: -1\r\n")},
      {"LengthPlus", Head("Content-Length: +5\r\n")},
      {"LengthWithLetters", Head("Content-Length: 5abc\r\n")},
      {"LengthHex", Head("Content-Length: 0x5\r\n")},
      {"LengthList", Head("Content-Length: 5, 5\r\n")},
      {"LengthEmpty", Head("Content-Length:\r\n")},
      {"Length2To64", Head("Content-Length: 18446744073709551616\r\n")},
      {"LengthTwoDifferent", Head("Content-Length: 5\r\nContent-Length: 6\r\n")},
      {"LengthTwice", Head("Content-Length: 5\r\nContent-Length: 5\r\n")},
      {"LengthAndChunked", Head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
      {"ChunkedTwice", Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"ChunkedInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"Gzip", Head("Transfer-Encoding: gzip\r\n"), Malformed::kTransferEncoding},
      {"GzipChunked", Head("Transfer-Encoding: gzip, chunked\r\n"), Malformed::kTransferEncoding},
      {"OnlyEmptyLines", "\r\n\r\n"},
      {"MegabyteWithoutABlank", std::string(1 << 20, 'A'), Malformed::kHeadTooLarge},
      {"MegabyteOfField", Head("A: " + std::string(1 << 20, 'x') + "\r\n"),
       Malformed::kHeadTooLarge},
      {"SixteenThousandSlashes", "GET " + std::string(16'384, '/') + " HTTP/1.1\r\n\r\n",
       Malformed::kHeadTooLarge},
  };
}

INSTANTIATE_TEST_SUITE_P(Head, Refused, testing::ValuesIn(BadHeads()),
                         [](const auto& test) { return test.param.name; });

std::vector<Bad> BadChunks() {
  const std::string head = Head("Transfer-Encoding: chunked\r\n");
  return {
      {"NoSize", head + "\r\n"},
      {"NotHex", head + "g\r\n"},
      {"Negative", head + "-1\r\n"},
      {"Prefix", head + "0x5\r\nhello\r\n"},
      {"SixteenDigits", head + "0000000000000005\r\nhello\r\n"},
      {"LongExtension", head + "5;" + std::string(300, 'x') + "\r\nhello\r\n"},
      {"ControlInExtension", head + "5;\x01\r\nhello\r\n"},
      {"BareLfAfterSize", head + "5\nhello\r\n"},
      {"CrWithoutLf", head + "5\rhello\r\n"},
      {"DataTooLong", head + "5\r\nhello!\r\n"},
      {"DataThenBareLf", head + "5\r\nhello\n"},
      {"BareLfInTrailer", head + "0\r\nA: b\n\r\n"},
      {"LongTrailer", head + "0\r\n" + std::string(20'000, 'x') + "\r\n\r\n",
       Malformed::kHeadTooLarge},
      {"ManyTrailers", head + "0\r\n" + std::string(20'000, '\t') + "\r\n\r\n",
       Malformed::kHeadTooLarge},
  };
}

INSTANTIATE_TEST_SUITE_P(Chunks, Refused, testing::ValuesIn(BadChunks()),
                         [](const auto& test) { return test.param.name; });

TEST(RequestParser, TakesAHundredFieldsAndNoMore) {
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "A: x\r\n";
  EXPECT_EQ(ParseAll(Head(fields), 4096).requests.size(), 1U);
  EXPECT_EQ(ParseAll(Head(fields + "A: x\r\n"), 4096).malformed, Malformed::kHeadTooLarge);
}

TEST(RequestParser, TakesAHeadOfTheBoundAndNotOneByteMore) {
  const std::size_t frame = Head("A: \r\n").size();
  const auto of_size = [&](std::size_t size) {
    return Head("A: " + std::string(size - frame, 'x') + "\r\n");
  };
  for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{4096}, std::size_t{1'000'000}}) {
    EXPECT_EQ(ParseAll(of_size(16'384), at_a_time).requests.size(), 1U);
    EXPECT_EQ(ParseAll(of_size(16'385), at_a_time).malformed, Malformed::kHeadTooLarge);
  }
}

// ------------------------------------------------------------ targets

struct TargetCase {
  const char* name;
  const char* text;
  std::optional<Target> target;
};
void PrintTo(const TargetCase& target, std::ostream* out) { *out << target.name; }

class RequestTarget : public testing::TestWithParam<TargetCase> {};

TEST_P(RequestTarget, IsDecodedOrRefused) {
  const auto target = ParseTarget(GetParam().text);
  ASSERT_EQ(target.has_value(), GetParam().target.has_value());
  if (!target) return;
  EXPECT_EQ(target->path, GetParam().target->path);
  EXPECT_EQ(target->query, GetParam().target->query);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, RequestTarget,
    testing::Values(
        TargetCase{"Origin", "/sync/meta", Target{"/sync/meta", ""}},
        TargetCase{"Query", "/a?b=/c%zz?d", Target{"/a", "b=/c%zz?d"}},
        TargetCase{"Decoded", "/%61%2Fb+c", Target{"/a/b+c", ""}},
        TargetCase{"Absolute", "http://host:8080/a?b", Target{"/a", "b"}},
        TargetCase{"AbsoluteUpperCase", "HTTPS://host/a", Target{"/a", ""}},
        TargetCase{"AbsoluteWithoutPath", "http://host", Target{"/", ""}},
        TargetCase{"AbsoluteWithQueryOnly", "http://host?a/b", Target{"/", "a/b"}},
        TargetCase{"Asterisk", "*", Target{"*", ""}},
        TargetCase{"Slashes", "//a//", Target{"//a//", ""}},
        TargetCase{"Relative", "a", std::nullopt}, TargetCase{"Empty", "", std::nullopt},
        TargetCase{"CutEscape", "/%4", std::nullopt}, TargetCase{"NoHex", "/%4g", std::nullopt},
        TargetCase{"SignedHex", "/%-1", std::nullopt}, TargetCase{"Nul", "/%00", std::nullopt}),
    [](const auto& test) { return test.param.name; });

// ------------------------------------------------------------ anything at all

TEST(RequestParser, KeepsItsPromisesForMutatedRequests) {
  const std::string seed =
      "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n"
      "\r\n5;e=1\r\nhello\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n"
      "GET /last HTTP/1.1\r\nConnection: close\r\n\r\n";
  std::mt19937 random(1);
  const std::string_view alphabet("\r\n\0 :;%0aF/\xff", 12);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = seed;
    for (unsigned changes = random() % 4 + 1; changes > 0; --changes) {
      const std::size_t at = random() % bytes.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          bytes[at] = c;
          break;
        case 1:
          bytes.insert(at, 1, c);
          break;
        default:
          bytes.erase(at, random() % 8 + 1);
          break;
      }
    }
    FuzzRequestParser(bytes);
  }
}

}  // namespace
}  // namespace ankisync::http
