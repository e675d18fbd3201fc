// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/byte_stream.h"
#include "common/protocol/method.h"

// Requests of protocol 8 to 10: a multipart/form-data form without an `anki-sync` header, and
// `begin` of media as a GET. The keys may stand behind the data, so a form is read through before
// anything is known of it; its data stays where it is. Source: docs/protocol.md, 1.4; media 1.3.
namespace ankisync::protocol {

struct LegacyForm {
  std::string hkey;                           // "k" or "sk", the last one; empty before a login
  std::string skey;                           // "s"
  std::optional<std::string> client_version;  // "v"
  bool is_gzip = false;                       // "c": there, and not "0"

  // "data": its place in the body. Absent or empty, it stands for "{}".
  std::uint64_t data_offset = 0;
  std::uint64_t data_bytes = 0;
};

// The boundary, given the content type. Errors: kMalformedRequest for another type.
std::string FormBoundary(std::string_view content_type);

// Parts in any order; unknown ones are ignored, of equal ones the last counts. Errors:
// kMalformedRequest; what the source throws.
LegacyForm ReadLegacyForm(ByteSource& body, std::string_view boundary);

// The payload of a form. `data` is read from data_offset on, data_bytes long. Errors while reading:
// those of GzipDecompressor, kTooLarge beyond `bytes_max`.
std::unique_ptr<ByteSource> DecodeFormPayload(const MethodInfo& method, const LegacyForm& form,
                                              std::unique_ptr<ByteSource> data,
                                              std::uint64_t bytes_max);

// "k=<hkey>&v=<client version>": what a GET says. Both once, others are ignored. Errors:
// kMalformedRequest.
LegacyForm ReadLegacyQuery(std::string_view query);

}  // namespace ankisync::protocol
