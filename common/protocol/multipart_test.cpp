// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/multipart.h"

#include <gtest/gtest.h>

#include "common/core/error.h"
#include "common/protocol/test_form.h"

namespace ankisync::protocol {
namespace {

constexpr std::size_t kValueBytesMax = 200'000;

struct Part {
  std::string name;
  std::string value;
  bool operator==(const Part&) const = default;
};

std::vector<Part> ReadAllParts(const std::string& body, const std::string& boundary = "b") {
  StringSource source(body);
  MultipartReader reader(source, boundary);
  std::vector<Part> parts;
  while (reader.Next()) parts.push_back({reader.name(), reader.Value(kValueBytesMax)});
  EXPECT_FALSE(reader.Next());
  return parts;
}

TEST(Multipart, PartsComeInTheirOrder) {
  const std::vector<Part> expected{{"data", "x\r\ny"}, {"c", "0"}, {"k", ""}, {"data", "again"}};
  EXPECT_EQ(ReadAllParts(Form({{"data", "x\r\ny"}, {"c", "0"}, {"k", ""}, {"data", "again"}})),
            expected);
  EXPECT_EQ(ReadAllParts("--b--"), std::vector<Part>());
}

TEST(Multipart, WhatStandsAroundThePartsAndInTheirHeadsIsIgnored) {
  const std::vector<Part> expected{{"k", "v"}, {"", "nameless"}, {"", "headless"}};
  EXPECT_EQ(ReadAllParts("preamble --b\r\n--b \t\r\nContent-Type: a/b\r\n"
                         "CONTENT-DISPOSITION:form-data;name=k\r\nX: y\r\n\r\nv\r\n"
                         "--b\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n"
                         "--b\r\n\r\nheadless\r\n--b--epilogue\r\n--b\r\n"),
            expected);
}

TEST(Multipart, ContentMayLookAlmostLikeADelimiter) {
  const std::string value = "\r\n--a\r\n-b\r\r\n\r\n--\n--b\r--b--b\r\n";
  EXPECT_EQ(ReadAllParts(Form({{"k", value}})), (std::vector<Part>{{"k", value}}));
}

TEST(Multipart, ASkippedPartIsFoundWhereItLies) {
  const std::string data = std::string(150'000, '\r') + std::string(150'000, '-');
  const std::string body = Form({{"k", "key"}, {"data", data}, {"s", "session"}});
  StringSource source(body);
  MultipartReader reader(source, "b");
  ASSERT_TRUE(reader.Next());
  ASSERT_TRUE(reader.Next());  // over the first, unread
  const MultipartReader::Range range = reader.Skip();
  EXPECT_EQ(body.substr(range.offset, range.length), data);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.Value(100), "session");
}

// Every place of a delimiter with regard to the reader's buffer.
TEST(Multipart, ADelimiterMayLieAcrossTheEdgeOfTheBuffer) {
  for (std::size_t length = 65'400; length < 65'560; ++length) {
    const std::string body = Form({{"a", std::string(length, 'x')}, {"b", "y"}});
    const auto parts = ReadAllParts(body);
    ASSERT_EQ(parts.size(), 2U);
    ASSERT_EQ(parts[0].value.size(), length);
    ASSERT_EQ(parts[1], (Part{"b", "y"}));
  }
}

struct Case {
  std::string name;
  std::string body;
  std::string boundary = "b";
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class MalformedForm : public testing::TestWithParam<Case> {};

TEST_P(MalformedForm, IsRefused) {
  try {
    ReadAllParts(GetParam().body, GetParam().boundary);
    FAIL() << "accepted";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest);
  }
}

const std::string kHead = "--b\r\nContent-Disposition: form-data; name=\"k\"\r\n";

INSTANTIATE_TEST_SUITE_P(
    Bodies, MalformedForm,
    testing::Values(Case{"Empty", ""}, Case{"NoDelimiter", "{}"},
                    Case{"OtherBoundary", "--c\r\n\r\nx\r\n--c--"},
                    Case{"DelimiterInTheMiddleOfALine", "x--b--"},
                    Case{"BehindTheDelimiter", "--b"}, Case{"HalfOfTheLastDelimiter", "--b-"},
                    Case{"InTheHead", kHead}, Case{"InTheContent", kHead + "\r\nvalue"},
                    Case{"NoLastDelimiter", kHead + "\r\nv\r\n--b"},
                    Case{"TextBehindADelimiter", "--bc\r\n\r\nx\r\n--b--"},
                    Case{"LineThatIsNoHeader", "--b\r\nhello\r\n\r\nx\r\n--b--"},
                    Case{"LongHeaderLine",
                         "--b\r\nX: " + std::string(5000, 'x') + "\r\n\r\nx\r\n--b--"},
                    Case{"LongHead", "--b\r\n" +
                                         [] {
                                           std::string lines;
                                           for (int i = 0; i < 1000; ++i) lines += "X: y\r\n";
                                           return lines;
                                         }() +
                                         "\r\nx\r\n--b--"},
                    Case{"LongValue", Form({{"k", std::string(kValueBytesMax + 1, 'x')}})},
                    Case{"TooManyParts", Form(Parts(65, {"k", "v"}))},
                    Case{"NoBoundary", "--\r\n\r\nx\r\n----", ""},
                    Case{"LongBoundary", "--" + std::string(71, 'b') + "--", std::string(71, 'b')},
                    Case{"BoundaryWithALineEnd", "--b\r\n--", "b\r\n"}),
    [](const auto& test) { return test.param.name; });

TEST(Multipart, TakesAsManyPartsAndAsLongABoundaryAsItsBounds) {
  EXPECT_EQ(ReadAllParts(Form(Parts(64, {"k", "v"}))).size(), 64U);
  EXPECT_EQ(ReadAllParts("--" + std::string(70, 'b') + "--", std::string(70, 'b')).size(), 0U);
}

}  // namespace
}  // namespace ankisync::protocol
