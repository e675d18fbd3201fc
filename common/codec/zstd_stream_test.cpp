// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/zstd_stream.h"

#include <gtest/gtest.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

std::string Decompress(const std::string& compressed, std::uint64_t bytes_max) {
  ZstdDecompressor source(std::make_unique<StringSource>(compressed), bytes_max);
  return ReadAll(source, bytes_max);
}

std::string LongText() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

TEST(Zstd, EveryWayOfCompressingGivesAFrameThatDecompresses) {
  const std::string text = LongText();
  EXPECT_EQ(Decompress(ZstdCompress(text), text.size()), text);

  ZstdStringSink sink;
  for (std::size_t at = 0; at < text.size(); at += 1000)
    sink.Write(std::string_view(text).substr(at, 1000));
  EXPECT_EQ(sink.original_bytes(), text.size());
  EXPECT_EQ(Decompress(sink.Finish(), text.size()), text);

  ZstdCompressor source(std::make_unique<StringSource>(text));
  EXPECT_EQ(Decompress(ReadAll(source, text.size()), text.size()), text);
  EXPECT_EQ(Decompress(ZstdCompress(""), 0), "");
}

TEST(Zstd, WhatFollowsTheFrameIsIgnored) {
  EXPECT_EQ(Decompress(ZstdCompress("one") + ZstdCompress("two") + "three", 100), "one");
}

TEST(Zstd, ABombIsStoppedAtTheBound) {
  const std::string bomb = ZstdCompress(std::string(10'000'000, 'x'));
  try {
    Decompress(bomb, 9'999'999);
    FAIL() << "more came out than allowed";
  } catch (const SyncError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kTooLarge);
  }
}

TEST(Zstd, DamageIsAMalformedRequest) {
  const std::string frame = ZstdCompress(LongText());
  const std::string skippable("\x50\x2A\x4D\x18\x00\x00\x00\x00", 8);
  for (const std::string& body :
       {std::string(), std::string("\x28\xB5"), frame.substr(0, frame.size() - 1),
        frame.substr(0, 4), skippable + frame, std::string("{}")}) {
    try {
      Decompress(body, 100'000'000);
      ADD_FAILURE() << "accepted a damaged body of " << body.size() << " bytes";
    } catch (const SyncError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMalformedRequest);
    }
  }
}

TEST(Zstd, AChecksumNoticesAChangedByteThatTheFormatDoesNot) {
  const std::string text = "of so few bytes that they are stored as they are";
  for (const auto checksum : {ZstdChecksum::kNone, ZstdChecksum::kContent}) {
    ZstdCompressor source(std::make_unique<StringSource>(text), 3, checksum);
    std::string frame = ReadAll(source, 1000);
    EXPECT_EQ(Decompress(frame, 1000), text);
    frame.at(frame.find("few")) = 'F';
    if (checksum == ZstdChecksum::kNone) {
      EXPECT_NE(Decompress(frame, 1000), text);
    } else {
      EXPECT_THROW(Decompress(frame, 1000), SyncError);
    }
  }
}

}  // namespace
}  // namespace ankisync
