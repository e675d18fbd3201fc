// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/utf8.h"

namespace ankisync {
namespace {

struct Lead {
  std::size_t size;  // 0: no character begins so
  unsigned char second_min, second_max;
  char32_t bits;
};

Lead LeadOf(unsigned char byte) noexcept {
  const char32_t bits = byte;
  if (byte < 0xC2) return {0, 0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF, bits & 0x1F};
  if (byte == 0xE0) return {3, 0xA0, 0xBF, 0};
  if (byte == 0xED) return {3, 0x80, 0x9F, bits & 0x0F};
  if (byte < 0xF0) return {3, 0x80, 0xBF, bits & 0x0F};
  if (byte == 0xF0) return {4, 0x90, 0xBF, 0};
  if (byte < 0xF4) return {4, 0x80, 0xBF, bits & 0x07};
  if (byte == 0xF4) return {4, 0x80, 0x8F, bits & 0x07};
  return {0, 0, 0, 0};
}

constexpr char32_t kReplacement = 0xFFFD;

}  // namespace

Utf8Character DecodeUtf8(std::string_view text, std::size_t at) noexcept {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1};
  Lead lead = LeadOf(first);
  for (std::size_t i = 1; i < lead.size; ++i) {
    if (at + i == text.size()) return {kReplacement, i};
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if (byte < lead.second_min || byte > lead.second_max) return {kReplacement, i};
    lead.second_min = 0x80;
    lead.second_max = 0xBF;
    lead.bits = lead.bits << 6 | (byte & 0x3FU);
  }
  return lead.size == 0 ? Utf8Character{kReplacement, 1} : Utf8Character{lead.bits, lead.size};
}

void AppendUtf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  const auto put_tail = [&](int shift) { put(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put_tail(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0 | code_point >> 18);
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

}  // namespace ankisync
