// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/web.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::doctor {
namespace {

constexpr long kConnectSecondsMax = 10;
constexpr long kSilenceSecondsMax = 30;  // then Anki gives up
constexpr std::uint64_t kAuthoritiesBytesMax = 4 << 20;
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;

void Append(CurlList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

// What is still to be sent.
struct Outgoing {
  std::string_view body;
  std::uint64_t filler_bytes;
};

std::size_t ReadBody(char* into, std::size_t size, std::size_t count, void* outgoing) {
  auto& [body, filler_bytes] = *static_cast<Outgoing*>(outgoing);
  std::size_t sent = body.copy(into, size * count);
  body.remove_prefix(sent);
  const auto filler =
      static_cast<std::size_t>(std::min<std::uint64_t>(filler_bytes, size * count - sent));
  std::fill_n(into + sent, filler, 'x');
  filler_bytes -= filler;
  return sent + filler;
}

std::size_t WriteBody(char* bytes, std::size_t size, std::size_t count, void* answer) {
  static_cast<WebAnswer*>(answer)->body_bytes += size * count;
  std::string& body = static_cast<WebAnswer*>(answer)->body;
  body.append(bytes, std::min(size * count, WebAnswer::kBodyBytesMax - body.size()));
  return size * count;
}

std::size_t WriteHeader(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& headers = static_cast<WebAnswer*>(into)->headers;
  std::string_view line(bytes, size * count);
  if (line.starts_with("HTTP/")) headers.clear();  // a 100 went before
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
    value.remove_suffix(1);
  headers.emplace_back(std::move(name), value);
  return size * count;
}

WebAnswer::End EndOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return WebAnswer::End::kWhole;
    case CURLE_COULDNT_RESOLVE_HOST:
      return WebAnswer::End::kNoHost;
    case CURLE_COULDNT_CONNECT:
      return WebAnswer::End::kNoConnection;
    case CURLE_OPERATION_TIMEDOUT:
      return WebAnswer::End::kSilence;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return WebAnswer::End::kNoTls;
    case CURLE_PEER_FAILED_VERIFICATION:
      return WebAnswer::End::kBadCertificate;
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
      return WebAnswer::End::kNoHttp;
    case CURLE_OUT_OF_MEMORY:
      throw std::bad_alloc();
    default:
      return WebAnswer::End::kCut;
  }
}

class RealWeb {
 public:
  explicit RealWeb(const std::filesystem::path& authority) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw SyncError(ErrorKind::kInternal, "libcurl does not start");
    authorities_ = ReadFile(kSystemAuthorities, kAuthoritiesBytesMax).value_or("");
    if (authority.empty()) return;
    const auto more = ReadFile(authority, kAuthoritiesBytesMax);
    if (!more)
      throw SyncError(ErrorKind::kInconsistentData, "there is no file " + authority.string());
    authorities_ += "\n" + *more;
  }

  WebAnswer operator()(const WebRequest& request) const {
    const Curl curl(curl_easy_init());
    if (!curl) throw std::bad_alloc();
    char why[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, why);
    WebAnswer answer;
    Outgoing outgoing{request.body, request.filler_bytes};
    const CurlList headers = HeadersOf(request);
    Address(curl.get(), request);
    SetTls(curl.get(), request);
    SetBody(curl.get(), request, outgoing);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, WriteBody);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, WriteHeader);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer);
    const CURLcode code = curl_easy_perform(curl.get());
    answer.end = EndOf(code);
    if (code != CURLE_OK) answer.why = *why ? why : curl_easy_strerror(code);
    TakeFacts(curl.get(), answer);
    return answer;
  }

 private:
  static CurlList HeadersOf(const WebRequest& request) {
    CurlList list;
    // Anki waits for no permission to send, and says neither what it is nor what it takes.
    Append(list, "Expect:");
    Append(list, "Accept:");
    if (request.framing == WebRequest::Framing::kChunked && request.verb == "POST")
      Append(list, "Transfer-Encoding: chunked");
    if (request.verb == "POST") Append(list, "Content-Type: application/octet-stream");
    for (const auto& [name, value] : request.headers) {
      std::string line = name;
      line.append(": ").append(value);
      Append(list, line);
    }
    return list;
  }

  static void Address(CURL* curl, const WebRequest& request) {
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // to whom it is meant for, not by way of others
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSecondsMax);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kSilenceSecondsMax);
  }

  static long VersionsOf(WebRequest::Tls tls) {
    constexpr long kAtMost12 = CURL_SSLVERSION_MAX_TLSv1_2;
    switch (tls) {
      case WebRequest::Tls::kAny:
        break;
      case WebRequest::Tls::kOnly12:
        return kAtMost12 | long{CURL_SSLVERSION_TLSv1_2};
      case WebRequest::Tls::kOnly13:
        return CURL_SSLVERSION_TLSv1_3;
    }
    return CURL_SSLVERSION_TLSv1_2;
  }

  void SetTls(CURL* curl, const WebRequest& request) const {
    const long version = VersionsOf(request.tls);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, version);
    const bool valid = request.certificate == WebRequest::Certificate::kValid;
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, valid ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, valid ? 2L : 0L);
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    curl_blob blob{const_cast<char*>(authorities_.data()), authorities_.size(), CURL_BLOB_NOCOPY};
    if (valid && !authorities_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
  }

  static void SetBody(CURL* curl, const WebRequest& request, Outgoing& outgoing) {
    if (request.verb == "POST") {
      const auto size = static_cast<curl_off_t>(request.body.size() + request.filler_bytes);
      const bool sized = request.framing == WebRequest::Framing::kSized;
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, sized ? size : curl_off_t{-1});
      curl_easy_setopt(curl, CURLOPT_READFUNCTION, ReadBody);
      curl_easy_setopt(curl, CURLOPT_READDATA, &outgoing);
      curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 64 * 1024L);
    } else if (request.verb != "GET") {
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.verb.c_str());
    }
  }

  static void TakeFacts(CURL* curl, WebAnswer& answer) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    curl_certinfo* chain = nullptr;
    curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain);
    for (int i = 0; chain && i < chain->num_of_certs; ++i) {
      for (const curl_slist* fact = chain->certinfo[i]; fact; fact = fact->next) {
        const std::string_view text = fact->data;
        constexpr std::string_view kPem = "Cert:";
        if (text.starts_with(kPem)) answer.certificates.emplace_back(text.substr(kPem.size()));
      }
    }
  }

  std::string authorities_;
};

}  // namespace

std::string_view WebAnswer::Header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(
      headers, lower_case_name, [](const auto& header) { return std::string_view(header.first); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Web OpenWeb(const std::filesystem::path& authority) { return RealWeb(authority); }

}  // namespace ankisync::doctor
