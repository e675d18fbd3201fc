// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/remedy.h"

#include <algorithm>
#include <cstdlib>

namespace ankisync::doctor {
namespace {

struct Row {
  Mistake mistake;
  const char* any;  // for whatever else it is
  const char* nginx;
  const char* caddy;
  const char* haproxy;
  const char* apache;
  const char* traefik;
};

// As in deploy/proxies, where each is part of a whole that is tested.
constexpr Row kRows[] = {
    {Mistake::kBodySize, "Take away the bound of requests, or raise it to several gigabytes.",
     "client_max_body_size 0;", "Take away: request_body { max_size … }",
     "Take away: http-request deny … { req.body_size … }, and the like",
     "LimitRequestBody 0\nSecRequestBodyLimit of a security module: raise it",
     "Take away the middleware buffering, or its maxRequestBodyBytes"},
    {Mistake::kChunks, "Take requests in chunks (Transfer-Encoding: chunked).",
     "proxy_http_version 1.1;\nproxy_request_buffering off;\n"
     "Take away what answers 411 (return, if)",
     "Take away: respond … 411, and the like", "Take away: http-request return status 411 …",
     "SetEnv proxy-sendchunked 1\nTake away what answers 411 (RewriteRule, a security module)",
     "Take away the middleware or plugin that answers so"},
    {Mistake::kStoresFirst, "Pass requests on while they come (no request buffering).",
     "proxy_http_version 1.1;\nproxy_request_buffering off;",
     "Take away: request_buffers, buffer_requests", "Take away: option http-buffer-request",
     "SetEnv proxy-sendchunked 1", "Take away the middleware buffering"},
    {Mistake::kCutsAnswers,
     "Pass answers on while they come (no buffering), without a bound, and wait 300 s for them.",
     "proxy_buffering off;    # or let it write where its error log says that it may not",
     "flush_interval -1\nTake away: response_buffers, buffer_responses",
     "timeout server 300s\nTake away: filters that change answers",
     "ProxyTimeout 300\nTake away: LimitXMLRequestBody, output filters",
     "Take away the middleware buffering, or its maxResponseBodyBytes"},
    {Mistake::kHeaderSize, "Take request heads of 16 KiB.", "large_client_header_buffers 4 16k;",
     "In the global options: servers { max_header_size 1MB }", "In global: tune.bufsize 16384",
     "LimitRequestFieldSize 8190\nLimitRequestLine 8190",
     "Take away the middleware or plugin that answers so"},
    {Mistake::kRequestHead, "Pass the request header anki-sync on.",
     "proxy_pass_request_headers on;\nTake away: proxy_set_header anki-sync …",
     "Take away: header_up -anki-sync, request_header -anki-sync",
     "Take away: http-request del-header anki-sync", "Take away: RequestHeader unset anki-sync",
     "Take away customRequestHeaders: {anki-sync: \"\"}"},
    {Mistake::kAnswerHead, "Pass the answers' header anki-original-size on.",
     "Take away: proxy_hide_header anki-original-size",
     "Take away: header_down -anki-original-size, header -anki-original-size",
     "Take away: http-response del-header anki-original-size",
     "Take away: Header unset anki-original-size",
     "Take away customResponseHeaders: {anki-original-size: \"\"}"},
    {Mistake::kMediaPath,
     "Send every path with /msync/ in it to media-sync (port 27702; ankisyncd: 27701).",
     "location ~ /msync/ { proxy_pass http://127.0.0.1:27702; }    # ankisyncd: 27701",
     "@media path_regexp /msync/\n"
     "handle @media { reverse_proxy 127.0.0.1:27702 }    # ankisyncd: 27701",
     "use_backend anki_media if { path_sub /msync/ }\n"
     "In backend anki_media: server media-sync 127.0.0.1:27702    # ankisyncd: 27701",
     "Before the line for \"/\":\n"
     "ProxyPassMatch \"^(.*/msync/.*)$\" \"http://127.0.0.1:27702$1\"    # ankisyncd: 27701",
     "rule: Host(`…`) && PathRegexp(`/msync/`), with a priority above the other's,\n"
     "and a service with the address of media-sync, port 27702 (ankisyncd: 27701)"},
    {Mistake::kPath,
     "Pass paths on as they come; for an address with a path of its own set base_path on the "
     "server.",
     "location / { proxy_pass http://127.0.0.1:27701; }    # nothing behind the port, no slash",
     "reverse_proxy 127.0.0.1:27701    # in handle, not in handle_path; no uri, no rewrite",
     "Take away: http-request replace-path, set-path, set-uri",
     "ProxyPass \"/\" \"http://127.0.0.1:27701/\"    # both with the slash, or both with the path",
     "Take away the middlewares stripPrefix, replacePath and addPrefix"},
    {Mistake::kDoubledPath, "Go by /msync/ anywhere in the path, not just at its beginning.",
     "location ~ /msync/ { … }    # instead of: location /msync/ { … }",
     "@media path_regexp /msync/    # instead of: path /msync/*",
     "use_backend anki_media if { path_sub /msync/ }    # instead of path_beg",
     "ProxyPassMatch \"^(.*/msync/.*)$\" \"http://127.0.0.1:27702$1\"    # instead of ProxyPass",
     "PathRegexp(`/msync/`)    # instead of PathPrefix"},
    {Mistake::kClientAddress,
     "Set X-Forwarded-For to the address of whoever connects, and drop what the client says.",
     "proxy_set_header X-Forwarded-For $remote_addr;",
     "Take away: header_up X-Forwarded-For …, trusted_proxies; Caddy does right by itself",
     "http-request set-header X-Forwarded-For %[src]",
     "ProxyAddHeaders Off\nRequestHeader set X-Forwarded-For \"expr=%{REMOTE_ADDR}\"",
     "Take away: forwardedHeaders (insecure, trustedIPs), customRequestHeaders"},
    {Mistake::kTlsVersions, "Offer TLS 1.2 and TLS 1.3.", "ssl_protocols TLSv1.2 TLSv1.3;",
     "tls { protocols tls1.2 tls1.3 }",
     "In global: ssl-default-bind-options ssl-min-ver TLSv1.2\n"
     "Take away: ssl-min-ver TLSv1.3, no-tlsv12 behind bind",
     "SSLProtocol -all +TLSv1.2 +TLSv1.3", "tls: {options: {default: {minVersion: VersionTLS12}}}"},
};

}  // namespace

std::string RemedyFor(Mistake mistake, Proxy proxy) {
  const Row& row = *std::ranges::find(kRows, mistake, &Row::mistake);
  switch (proxy) {
    case Proxy::kNginx:
      return row.nginx;
    case Proxy::kCaddy:
      return row.caddy;
    case Proxy::kHaproxy:
      return row.haproxy;
    case Proxy::kApache:
      return row.apache;
    case Proxy::kTraefik:
      return row.traefik;
    case Proxy::kNone:
    case Proxy::kUnknown:
      return row.any;
  }
  std::abort();
}

}  // namespace ankisync::doctor
