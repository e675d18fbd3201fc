// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/gzip_stream.h"

#include <gtest/gtest.h>

#include <optional>

#include "common/codec/test_gzip.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"

namespace ankisync {
namespace {

// Hands out one byte at a time.
class Trickle final : public ByteSource {
 public:
  explicit Trickle(std::string text) : all_(std::move(text)) {}
  std::size_t Read(std::span<char> into) override {
    return all_.Read(into.first(std::min<std::size_t>(into.size(), 1)));
  }

 private:
  StringSource all_;
};

std::string Decompress(std::unique_ptr<ByteSource> compressed, std::uint64_t bytes_max) {
  GzipDecompressor source(std::move(compressed), bytes_max);
  return ReadAll(source, bytes_max);
}

std::string Decompress(const std::string& compressed, std::uint64_t bytes_max = 10'000'000) {
  return Decompress(std::make_unique<StringSource>(compressed), bytes_max);
}

std::optional<ErrorKind> Refusal(const std::string& compressed, std::uint64_t bytes_max) {
  try {
    Decompress(compressed, bytes_max);
    return std::nullopt;
  } catch (const SyncError& error) {
    return error.kind();
  }
}

std::string LongText() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

TEST(Gzip, ComesOutAsItWentIn) {
  const std::string text = LongText();
  EXPECT_EQ(Decompress(Gzip(text), text.size()), text);
  EXPECT_EQ(Decompress(std::make_unique<Trickle>(Gzip(text)), text.size()), text);
  EXPECT_EQ(Decompress(Gzip(""), 0), "");
}

TEST(Gzip, WhatFollowsTheFirstMemberIsIgnored) {
  EXPECT_EQ(Decompress(Gzip("one") + Gzip("two") + "three"), "one");
}

TEST(Gzip, ABombIsStoppedAtTheBound) {
  EXPECT_EQ(Refusal(Gzip(std::string(10'000'000, 'x')), 9'999'999), ErrorKind::kTooLarge);
}

TEST(Gzip, DamageIsAMalformedRequest) {
  const std::string good = Gzip(LongText());
  std::string wrong_checksum = good;
  wrong_checksum[good.size() - 8] ^= 1;
  std::string wrong_middle = good;
  wrong_middle[good.size() / 2] ^= 1;
  const std::string raw_deflate = good.substr(10);
  for (const std::string& body :
       {std::string(), good.substr(0, 1), good.substr(0, 10), good.substr(0, good.size() - 1),
        wrong_checksum, wrong_middle, raw_deflate, std::string("{}"), ZstdCompress("{}")}) {
    EXPECT_EQ(Refusal(body, 10'000'000), ErrorKind::kMalformedRequest) << body.size();
  }
}

}  // namespace
}  // namespace ankisync
