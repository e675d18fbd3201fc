// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/legacy_form.h"

#include <gtest/gtest.h>

#include "common/codec/test_gzip.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/protocol/legacy_form_fuzz.h"
#include "common/protocol/test_form.h"

namespace ankisync::protocol {
namespace {

LegacyForm Read(const std::string& body) {
  StringSource source(body);
  return ReadLegacyForm(source, "b");
}

std::string Payload(const Parts& parts, Method method = Method::kMeta,
                    std::uint64_t bytes_max = 1000) {
  const std::string body = Form(parts);
  const LegacyForm form = Read(body);
  const auto payload = DecodeFormPayload(
      InfoOf(method), form,
      std::make_unique<StringSource>(body.substr(form.data_offset, form.data_bytes)), bytes_max);
  return ReadAll(*payload, bytes_max);
}

std::optional<ErrorKind> Refusal(const std::function<void()>& act) {
  try {
    act();
    return std::nullopt;
  } catch (const SyncError& error) {
    return error.kind();
  }
}

TEST(LegacyForm, KeysMayStandInAnyOrderAndUnderEitherName) {
  const LegacyForm form =
      Read(Form({{"data", "{}"}, {"c", "0"}, {"k", "key"}, {"s", "P.=v*kx:m}"}}));
  EXPECT_EQ(form.hkey, "key");
  EXPECT_EQ(form.skey, "P.=v*kx:m}");
  EXPECT_EQ(form.client_version, std::nullopt);
  EXPECT_EQ(Read(Form({{"sk", "media key"}, {"data", "{}"}})).hkey, "media key");
  EXPECT_EQ(Read(Form({{"sk", "one"}, {"k", "two"}})).hkey, "two");
  EXPECT_EQ(Read(Form({{"k", "two"}, {"sk", "one"}})).hkey, "one");
  EXPECT_EQ(Read(Form({{"K", "one"}, {"key", "one"}})).hkey, "");
}

TEST(LegacyForm, DataIsGzipWhereCSaysAnythingButZero) {
  EXPECT_EQ(Payload({{"data", "plain"}}), "plain");
  EXPECT_EQ(Payload({{"data", "plain"}, {"c", "0"}}), "plain");
  EXPECT_EQ(Payload({{"c", "1"}, {"data", Gzip("packed")}}), "packed");
  EXPECT_EQ(Payload({{"data", Gzip("packed")}, {"c", "x"}}), "packed");
  EXPECT_EQ(Payload({{"data", Gzip("packed")}, {"c", ""}}), "packed");
  EXPECT_EQ(Refusal([] { Payload({{"data", "plain"}, {"c", ""}}); }), ErrorKind::kMalformedRequest);
}

TEST(LegacyForm, NoDataStandForAnEmptyObject) {
  EXPECT_EQ(Payload({}), "{}");
  EXPECT_EQ(Payload({{"data", ""}}), "{}");
  EXPECT_EQ(Payload({{"c", "1"}, {"data", ""}}), "{}");
}

TEST(LegacyForm, DataOverTheirBoundAreTooLarge) {
  const std::string bomb = Gzip(std::string(1001, 'x'));
  EXPECT_EQ(Refusal([&] { Payload({{"c", "1"}, {"data", bomb}}); }), ErrorKind::kTooLarge);
  EXPECT_EQ(Refusal([] { Payload({{"data", std::string(1001, 'x')}}); }), ErrorKind::kTooLarge);
  EXPECT_EQ(Payload({{"data", std::string(1000, 'x')}}).size(), 1000U);
}

TEST(LegacyForm, AClientsVersionIsWhatBeginIsAsked) {
  const Parts parts{{"v", "anki,2.1.15 \"(x)\",lin"}, {"data", R"({"v":"other"})"}};
  EXPECT_EQ(Payload(parts, Method::kMediaBegin), R"({"v":"anki,2.1.15 \"(x)\",lin"})");
  EXPECT_EQ(Payload({{"v", ""}}, Method::kMediaBegin), R"({"v":""})");
  EXPECT_EQ(Payload({{"data", R"({"v":"x"})"}}, Method::kMediaBegin), R"({"v":"x"})");
  EXPECT_EQ(Payload(parts, Method::kMediaChanges), R"({"v":"other"})");
}

TEST(LegacyForm, KeysHaveABound) {
  EXPECT_EQ(Read(Form({{"k", std::string(1024, 'x')}})).hkey.size(), 1024U);
  EXPECT_EQ(Refusal([] {
              Read(Form({{"k", std::string(1025, 'x')}}));
            }),
            ErrorKind::kMalformedRequest);
  EXPECT_EQ(Read(Form({{"unknown", std::string(300'000, 'x')}, {"k", "key"}})).hkey, "key");
}

TEST(LegacyForm, IsKnownByItsContentType) {
  EXPECT_EQ(FormBoundary("multipart/form-data; boundary=af-8b"), "af-8b");
  EXPECT_EQ(FormBoundary("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), "a b");
  for (const char* type :
       {"", "application/octet-stream", "multipart/form-data", "multipart/mixed; boundary=b"}) {
    EXPECT_EQ(Refusal([type] { FormBoundary(type); }), ErrorKind::kMalformedRequest) << type;
  }
}

TEST(LegacyQuery, HasAKeyAndAVersion) {
  const LegacyForm form = ReadLegacyQuery("x=1&k=a%2Bb&v=anki%2C2.1.50+%2826d40c3a%29%2Clinux&y");
  EXPECT_EQ(form.hkey, "a+b");
  EXPECT_EQ(form.client_version, "anki,2.1.50 (26d40c3a),linux");
  EXPECT_EQ(ReadLegacyQuery("v=&k=").client_version, "");
  EXPECT_EQ(ReadLegacyQuery("v=%zz%4&k=%").client_version, "%zz%4");
  for (const char* query : {"", "k=a", "v=a", "k=a&sk=b", "k=a&v=1&k=a", "k=a&v=1&v=1", "&&=&"}) {
    EXPECT_EQ(Refusal([query] { ReadLegacyQuery(query); }), ErrorKind::kMalformedRequest) << query;
  }
}

TEST(LegacyForm, IsUnderstoodTheSameInWhateverPiecesItComes) {
  const std::string whole = Form({{"data", "x\r\n-\r\n--"},
                                  {"c", "1"},
                                  {"unknown", ""},
                                  {"k", "key"},
                                  {"s", "\r"},
                                  {"v", "2"}});
  for (std::size_t length = 0; length <= whole.size(); ++length)
    FuzzLegacyForm(whole.substr(0, length));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\r', '\n', '-', 'b', '"', ':', '\0'}) {
      std::string changed = whole;
      changed[at] = byte;
      FuzzLegacyForm(changed);
    }
  }
}

}  // namespace
}  // namespace ankisync::protocol
