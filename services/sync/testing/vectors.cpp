// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/testing/vectors.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"

namespace ankisync::sync {
namespace {

void Write(const json::Value& value, const StandIns& stand_ins, json::Writer& out) {
  if (value.is(json::Kind::kArray)) {
    out.StartArray();
    for (const json::Value& item : value.items()) Write(item, stand_ins, out);
    out.EndArray();
  } else if (value.is(json::Kind::kObject)) {
    std::vector<const json::Member*> sorted = value.LastMembers();
    std::sort(sorted.begin(), sorted.end(),
              [](const json::Member* a, const json::Member* b) { return a->key < b->key; });
    out.StartObject();
    for (const json::Member* member : sorted) {
      Write(member->value, stand_ins, out.Key(member->key));
    }
    out.EndObject();
  } else {
    const auto stand_in =
        value.is(json::Kind::kString) ? stand_ins.find(std::string(value.text())) : stand_ins.end();
    if (stand_in == stand_ins.end()) {
      out.Tree(value);
    } else {
      out.Raw(stand_in->second);
    }
  }
}

std::string FromBase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned pending = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    pending = pending << 6 | static_cast<unsigned>(kDigits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(pending >> bits & 0xFF);
  }
  return bytes;
}

std::string FromGzip(std::string compressed) {
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  ::inflateInit2(&stream, 16 + MAX_WBITS);
  std::string plain;
  int code = Z_OK;
  while (code == Z_OK) {
    char piece[65536];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    code = ::inflate(&stream, Z_NO_FLUSH);
    plain.append(piece, sizeof piece - stream.avail_out);
  }
  ::inflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error("a golden case's file is no gzip");
  return plain;
}

}  // namespace

json::Document ParseVectors(std::string text) {
  constexpr std::string_view kInfinite = "Infinity]";
  for (auto at = text.find(kInfinite); at != text.npos; at = text.find(kInfinite, at)) {
    text.replace(at, kInfinite.size(), "99e308]");
  }
  return json::Document::Parse(std::move(text));
}

const json::Value& At(const json::Value& object, std::string_view key) {
  return json::RequireMember(object, key);
}

std::string TextAt(const json::Value& object, std::string_view key) {
  return std::string(json::Require(json::ReadText(At(object, key)), key));
}

std::int64_t IntAt(const json::Value& object, std::string_view key) {
  return json::Require(json::ReadInt<std::int64_t>(At(object, key)), key);
}

std::string Canonical(const json::Value& value, const StandIns& stand_ins) {
  std::string text;
  json::Writer out(text);
  Write(value, stand_ins, out);
  return text;
}

std::string Canonical(const std::string& json) {
  return Canonical(json::Document::Parse(json).root());
}

std::vector<std::string> CanonicalItems(const json::Value& list, const StandIns& stand_ins) {
  std::vector<std::string> items;
  for (const json::Value& item : list.items()) items.push_back(Canonical(item, stand_ins));
  return items;
}

std::string FileIn(const json::Value& object) {
  return FromGzip(FromBase64(TextAt(object, "file_gz_b64")));
}

}  // namespace ankisync::sync
