// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/server_address.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

#include "common/core/error.h"

namespace ankisync::doctor {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, UrlCleanup>;

std::string PartOf(const CurlUrl& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, curl_free);
  return text;
}

}  // namespace

ServerAddress ServerAddress::Parse(const std::string& text) {
  const CurlUrl url(curl_url());
  const bool is_url =
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_GUESS_SCHEME) == CURLUE_OK;
  ServerAddress address{.scheme = PartOf(url, CURLUPART_SCHEME),
                        .authority = PartOf(url, CURLUPART_HOST),
                        .host = PartOf(url, CURLUPART_HOST),
                        .path = PartOf(url, CURLUPART_PATH)};
  if (!is_url || (address.scheme != "http" && !address.is_https())) {
    throw SyncError(ErrorKind::kInconsistentData,
                    text + " is no address such as https://anki.example.org/");
  }
  if (address.host.starts_with('[')) address.host = address.host.substr(1, address.host.size() - 2);
  if (const std::string port = PartOf(url, CURLUPART_PORT); !port.empty())
    address.authority += ":" + port;
  if (!address.path.ends_with('/')) address.path += '/';
  return address;
}

std::string ServerAddress::Url(std::string_view below) const {
  return (scheme + "://" + authority + path).append(below);
}

std::string ServerAddress::UrlFromRoot(std::string_view below) const {
  return (scheme + "://" + authority + "/").append(below);
}

ServerAddress ServerAddress::WithScheme(std::string other) const {
  ServerAddress address = *this;
  address.scheme = std::move(other);
  return address;
}

}  // namespace ankisync::doctor
