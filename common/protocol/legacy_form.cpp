// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/legacy_form.h"

#include <algorithm>
#include <charconv>

#include "common/codec/gzip_stream.h"
#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/protocol/header_value.h"
#include "common/protocol/multipart.h"

namespace ankisync::protocol {
namespace {

constexpr std::size_t kValueBytesMax = 1024;  // of a key, a version

// %41 and + as in forms; what is no escape stands for itself.
std::string FormDecoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const bool is_escape =
        text[i] == '%' && digits.size() == 2 &&
        std::from_chars(digits.begin(), digits.end(), byte, 16).ptr == digits.end();
    decoded += is_escape ? static_cast<char>(byte) : text[i] == '+' ? ' ' : text[i];
    if (is_escape) i += digits.size();
  }
  return decoded;
}

void SetOnce(std::optional<std::string>& value, std::string_view name, std::string text) {
  if (value)
    throw SyncError(ErrorKind::kMalformedRequest, std::string(name) + " stands twice in the query");
  value = std::move(text);
}

}  // namespace

std::string FormBoundary(std::string_view content_type) {
  const auto boundary = HasType(content_type, "multipart/form-data")
                            ? ParameterOf(content_type, "boundary")
                            : std::nullopt;
  if (!boundary)
    throw SyncError(ErrorKind::kMalformedRequest, "neither an anki-sync header nor a form");
  return *boundary;
}

LegacyForm ReadLegacyForm(ByteSource& body, std::string_view boundary) {
  LegacyForm form;
  MultipartReader reader(body, boundary);
  while (reader.Next()) {
    const std::string& name = reader.name();
    if (name == "k" || name == "sk") {
      form.hkey = reader.Value(kValueBytesMax);
    } else if (name == "s") {
      form.skey = reader.Value(kValueBytesMax);
    } else if (name == "v") {
      form.client_version = reader.Value(kValueBytesMax);
    } else if (name == "c") {
      form.is_gzip = reader.Value(kValueBytesMax) != "0";
    } else if (name == "data") {
      const MultipartReader::Range range = reader.Skip();
      form.data_offset = range.offset;
      form.data_bytes = range.length;
    }
  }
  return form;
}

std::unique_ptr<ByteSource> DecodeFormPayload(const MethodInfo& method, const LegacyForm& form,
                                              std::unique_ptr<ByteSource> data,
                                              std::uint64_t bytes_max) {
  if (method.method == Method::kMediaBegin && form.client_version) {
    std::string json;
    json::Writer(json).StartObject().Key("v").Text(*form.client_version).EndObject();
    return std::make_unique<StringSource>(std::move(json));
  }
  if (form.data_bytes == 0) return std::make_unique<StringSource>("{}");
  if (form.is_gzip) return std::make_unique<GzipDecompressor>(std::move(data), bytes_max);
  if (form.data_bytes > bytes_max)
    throw SyncError(ErrorKind::kTooLarge, "the data are larger than allowed");
  return data;
}

LegacyForm ReadLegacyQuery(std::string_view query) {
  std::optional<std::string> hkey;
  LegacyForm form;
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string name = FormDecoded(pair.substr(0, equals));
    pair.remove_prefix(std::min(equals + 1, pair.size()));
    if (name == "k") SetOnce(hkey, name, FormDecoded(pair));
    if (name == "v") SetOnce(form.client_version, name, FormDecoded(pair));
  }
  if (!hkey || !form.client_version)
    throw SyncError(ErrorKind::kMalformedRequest, "the query lacks k or v");
  form.hkey = *std::move(hkey);
  return form;
}

}  // namespace ankisync::protocol
