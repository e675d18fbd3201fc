// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "common/codec/crc32.h"
#include "common/codec/stored_zip.h"
#include "common/codec/zip_format.h"
#include "common/codec/zip_reader.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"

namespace ankisync {
namespace {

constexpr std::size_t kMemory = 1 << 24;

StoredZip::Member MemberOf(std::string name, const std::string& content) {
  return {std::move(name), content.size(), Crc32(content),
          [content] { return std::make_unique<StringSource>(content); }};
}

std::string ZipOf(std::vector<StoredZip::Member> members) {
  StoredZip zip(std::move(members));
  std::string text = ReadAll(zip, kMemory);
  EXPECT_EQ(text.size(), zip.size());
  return text;
}

SpooledBytes Spooled(const std::string& text) {
  StringSource source(text);
  return SpooledBytes(source, "/nowhere", kMemory);
}

// Members' contents; nothing for a name that is not there.
std::vector<std::optional<std::string>> ContentsOf(const std::string& zip,
                                                   const std::vector<std::string>& names) {
  const SpooledBytes bytes = Spooled(zip);
  const ZipReader reader(bytes);
  std::vector<std::optional<std::string>> contents;
  for (const auto& member : reader.Find(names)) {
    contents.emplace_back();
    if (member) contents.back() = ReadAll(*reader.Open(*member), kMemory);
  }
  return contents;
}

void ExpectMalformed(const std::string& zip, const std::string& name) {
  try {
    ContentsOf(zip, {name});
    ADD_FAILURE() << "was read";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest) << error.what();
  }
}

// A zip of one deflated member; fields can be changed before it is put together.
struct Deflated {
  explicit Deflated(const std::string& text)
      : size(static_cast<std::uint32_t>(text.size())), crc32(Crc32(text)) {
    z_stream stream{};
    ::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    content.resize(::deflateBound(&stream, text.size()));
    std::string copy = text;
    stream.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream.avail_in = static_cast<uInt>(copy.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    ::deflate(&stream, Z_FINISH);
    content.resize(stream.total_out);
    ::deflateEnd(&stream);
  }

  std::string Zip() const {
    // Stored under the deflated bytes' size, then corrected in directory and local header. The
    // local header says nothing of sizes, as a streaming writer's.
    std::string zip = ZipOf({MemberOf("m", content)});
    const std::size_t entry = zip.size() - zip::kEndBytes - zip::kEntryBytes - 1;
    const auto put = [&](std::size_t at, const std::string& field) {
      zip.replace(at, field.size(), field);
    };
    std::string fields;
    zip::Put32(fields, crc32);
    zip::Put32(fields, static_cast<std::uint32_t>(content.size()));
    zip::Put32(fields, size);
    put(entry + 16, fields);
    put(entry + 10, {static_cast<char>(method), 0});
    put(14, std::string(12, '\0'));
    return zip;
  }

  std::string content;
  std::uint32_t size;
  std::uint32_t crc32;
  std::uint16_t method = zip::kDeflated;
};

TEST(AZip, GivesBackWhatWasStored) {
  const std::string zip = ZipOf({MemberOf("0", "first"), MemberOf("_meta", "{}")});
  EXPECT_EQ(zip.size(), 30 + 1 + 5 + 30 + 5 + 2 + 46 + 1 + 46 + 5 + 22);
  EXPECT_THAT(ContentsOf(zip, {"_meta", "none", "0"}),
              testing::ElementsAre("{}", std::nullopt, "first"));
  EXPECT_EQ(ZipOf({}).size(), 22U);
}

TEST(AZip, MayHaveBytesInFrontAndACommentBehind) {
  std::string zip = ZipOf({MemberOf("0", "first")});
  zip[zip.size() - 2] = 12;  // the comment's length
  EXPECT_THAT(ContentsOf("#!/bin/sh\n" + zip + "PK\5\6 comment", {"0"}),
              testing::ElementsAre("first"));
}

TEST(AZip, GivesTheLastOfMembersWithOneName) {
  EXPECT_THAT(ContentsOf(ZipOf({MemberOf("0", "first"), MemberOf("0", "last")}), {"0"}),
              testing::ElementsAre("last"));
}

TEST(AZip, IsReadByItsDirectoryWhereLocalHeadersSayNothing) {
  const std::string text(100'000, 'x');
  const std::string zip = Deflated(text).Zip();
  EXPECT_LT(zip.size(), 1000U);
  EXPECT_THAT(ContentsOf(zip, {"m"}), testing::ElementsAre(text));
}

TEST(AZip, ThatAnnouncesAnotherSizeOrChecksumIsRefused) {
  const std::string text(100'000, 'x');
  Deflated longer(text);
  ++longer.size;
  ExpectMalformed(longer.Zip(), "m");
  Deflated shorter(text);
  --shorter.size;
  ExpectMalformed(shorter.Zip(), "m");
  Deflated empty(text);
  empty.size = 0;
  ExpectMalformed(empty.Zip(), "m");
  Deflated changed(text);
  ++changed.crc32;
  ExpectMalformed(changed.Zip(), "m");
  Deflated other_method(text);
  other_method.method = 12;
  ExpectMalformed(other_method.Zip(), "m");
  Deflated cut(text);
  cut.content.resize(cut.content.size() / 2);
  ExpectMalformed(cut.Zip(), "m");
  ExpectMalformed("", "m");
  ExpectMalformed("PK", "m");
}

// Hostile bytes end in a refusal or in a content whose checksum holds, never elsewhere.
TEST(AZip, WithAnyOneByteChangedOrMissingIsRefusedOrIntact) {
  const std::string text = "a text that deflates, a text that deflates";
  const std::string zip = "in front" + Deflated(text).Zip();
  const auto try_it = [&](const std::string& damaged) {
    try {
      for (const auto& content : ContentsOf(damaged, {"m"})) {
        EXPECT_EQ(content.value_or(text), text);
      }
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest) << error.what();
    }
  };
  for (std::size_t at = 0; at < zip.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string damaged = zip;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      try_it(damaged);
    }
    try_it(zip.substr(0, at));
    try_it(zip.substr(at));
  }
}

TEST(AStoredZip, KnowsItsLengthBeforeAnyContentIsOpened) {
  const StoredZip zip({{"0", 1000, 0, []() -> std::unique_ptr<ByteSource> {
                          throw SyncError(ErrorKind::kInternal, "opened");
                        }}});
  EXPECT_EQ(zip.size(), 30U + 1 + 1000 + 46 + 1 + 22);
}

TEST(AStoredZip, EndsWithAnErrorWhenAContentIsShorterThanSaid) {
  StoredZip::Member member = MemberOf("0", "content");
  ++member.size;
  StoredZip zip({member});
  EXPECT_THROW(ReadAll(zip, kMemory), SyncError);
}

TEST(AStoredZip, BeyondFourGibibytesIsRefused) {
  const StoredZip::Member member{"0", std::uint64_t{3} << 30, 0, {}};
  EXPECT_THROW(StoredZip({member, member}), SyncError);
}

}  // namespace
}  // namespace ankisync
