// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/pages/start_page.h"

#include <algorithm>
#include <cctype>

#include "common/core/random_token.h"
#include "common/pages/qr_code.h"
#include "common/pages/start_page_html.h"

namespace ankisync {
namespace {

constexpr std::size_t kHostBytesMax = 300;

// The first of a list that several proxies made.
std::string_view FirstOf(std::string_view list) {
  list = list.substr(0, list.find(','));
  while (list.ends_with(' ')) list.remove_suffix(1);
  return list;
}

std::string_view HeaderOf(const http::RequestHead& head, std::string_view name) {
  return FirstOf(head.headers.Find(name).value_or(""));
}

bool IsOf(std::string_view text, std::string_view others) {
  return !text.empty() && text.size() <= kHostBytesMax && std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           others.find(c) != std::string_view::npos;
  });
}

std::string_view HostOf(const http::RequestHead& head) {
  for (const char* name : {"x-forwarded-host", "host"}) {
    if (const auto host = HeaderOf(head, name); IsOf(host, ".-_:[]")) return host;
  }
  return "localhost";
}

std::string_view PrefixOf(const http::RequestHead& head, std::string_view base_path) {
  std::string_view prefix = HeaderOf(head, "x-forwarded-prefix");
  if (!prefix.starts_with('/') || !IsOf(prefix, "/.-_~%")) prefix = base_path;
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return prefix;
}

void Replace(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

std::string AddressOf(const http::RequestHead& head, std::string_view base_path) {
  const bool is_secure = HeaderOf(head, "x-forwarded-proto") == "https";
  std::string address = is_secure ? "https://" : "http://";
  return address.append(HostOf(head)).append(PrefixOf(head, base_path)).append("/");
}

http::Answer StartPage(const http::RequestHead& head, std::string_view base_path, Visit visit) {
  const std::string address = AddressOf(head, base_path);
  const std::string nonce = RandomToken(16);
  std::string page = kStartPageHtml;
  Replace(page, "{{lead}}", visit == Visit::kArrived ? kArrivedLead : kLostLead);
  Replace(page, "{{address}}", address);
  Replace(page, "{{nonce}}", nonce);
  Replace(page, "{{code}}", QrCodeSvg(address));
  http::Answer answer;
  answer.status = visit == Visit::kArrived ? 200 : 404;
  answer.headers = {
      {"Content-Type", "text/html; charset=utf-8"},
      {"Content-Security-Policy", "default-src 'none'; style-src 'nonce-" + nonce +
                                      "'; script-src 'nonce-" + nonce +
                                      "'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                      "frame-ancestors 'none'"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"},
      {"X-Content-Type-Options", "nosniff"}};
  answer.body = std::move(page);
  return answer;
}

bool WantsPage(const http::RequestHead& head) {
  return head.method == "GET" && !head.headers.Find("anki-sync") &&
         head.headers.Find("accept").value_or("").find("text/html") != std::string_view::npos;
}

}  // namespace ankisync
