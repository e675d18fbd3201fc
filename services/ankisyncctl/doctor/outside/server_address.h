// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ankisync::doctor {

// The address that people type into Anki, in its parts.
struct ServerAddress {
  // "https://example.org/anki", "example.org:8080". Errors: SyncError for what is none.
  static ServerAddress Parse(const std::string& text);

  std::string scheme;     // "http" or "https"
  std::string authority;  // "example.org:8080", "[::1]"
  std::string host;       // "example.org", "::1"
  std::string path;       // "/", "/anki/": always with the slash at its end

  bool is_https() const { return scheme == "https"; }
  std::string text() const { return Url(""); }
  // As Anki makes them: "sync/meta" behind the whole address.
  std::string Url(std::string_view below) const;
  // Behind the address without its path.
  std::string UrlFromRoot(std::string_view below) const;
  ServerAddress WithScheme(std::string other) const;
};

}  // namespace ankisync::doctor
