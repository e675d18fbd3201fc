// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ankisync::doctor {

// One request, sent as Anki sends them: HTTP/1.1, the body in chunks, no redirect followed, nothing
// of ours in the head but what stands here.
struct WebRequest {
  enum class Framing : std::uint8_t { kChunked, kSized };
  enum class Tls : std::uint8_t { kAny, kOnly12, kOnly13 };
  enum class Certificate : std::uint8_t { kAny, kValid };

  std::string url;
  std::string verb = "POST";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::uint64_t filler_bytes = 0;  // sent behind the body
  Framing framing = Framing::kChunked;
  Tls tls = Tls::kAny;
  Certificate certificate = Certificate::kAny;
};

struct WebAnswer {
  enum class End : std::uint8_t {
    kWhole,
    kNoHost,          // the name has no address
    kNoConnection,    // nobody listens there
    kSilence,         // nothing moved for as long as Anki waits
    kNoTls,           // no handshake
    kBadCertificate,  // of those that were to be valid
    kCut,             // the connection ended before the answer did
    kNoHttp,          // what came is none
  };

  End end = End::kCut;
  std::string why;  // the library's words, when it did not end whole
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
  std::string body = {};                                          // its first kBodyBytesMax
  std::uint64_t body_bytes = 0;                                   // all of it
  std::vector<std::string> certificates = {};                     // PEM, the server's own first

  static constexpr std::size_t kBodyBytesMax = 256 * 1024;

  bool is_whole() const { return end == End::kWhole; }
  // Of the first of that name; empty when there is none.
  std::string_view Header(std::string_view lower_case_name) const;
};

// How requests get out; tests have one of their own.
using Web = std::function<WebAnswer(const WebRequest&)>;

// The real one. `authority`: a file with certificates that are trusted beside the system's; empty:
// none.
Web OpenWeb(const std::filesystem::path& authority);

}  // namespace ankisync::doctor
