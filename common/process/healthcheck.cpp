// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/healthcheck.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "common/core/error.h"
#include "common/core/files.h"
#include "common/core/unique_fd.h"

namespace ankisync {
namespace {

constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

// Nobody answers at an address that means all of them.
std::string Reachable(const std::string& host) {
  return host.empty() || host == "::" || host == "0.0.0.0" ? "localhost" : host;
}

UniqueFd Connect(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    throw SyncError(ErrorKind::kUnavailable, "no address for " + host);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  for (const addrinfo* address = found; address; address = address->ai_next) {
    UniqueFd fd(::socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0));
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (::connect(fd.get(), address->ai_addr, address->ai_addrlen) == 0) return fd;
  }
  throw SyncError(ErrorKind::kUnavailable, "could not connect to " + host + " port " +
                                               std::to_string(port) + ": " + std::strerror(errno));
}

std::string ReadToEnd(const UniqueFd& fd) {
  std::string text;
  char piece[4096];
  while (text.size() < kAnswerBytesMax) {
    const auto count = ::recv(fd.get(), piece, sizeof piece, 0);
    if (count < 0) throw SyncError(ErrorKind::kUnavailable, "no answer in time");
    if (count == 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

bool IsHealthy(const std::string& host, std::uint16_t port, std::string_view path,
               std::ostream& out) try {
  const UniqueFd fd = Connect(Reachable(host), port);
  WriteAll(fd.get(), "GET " + std::string(path) +
                         " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answer = ReadToEnd(fd);
  const auto body = answer.find("\r\n\r\n");
  if (body != answer.npos) out << answer.substr(body + 4);
  return answer.starts_with("HTTP/1.1 200 ");
} catch (const SyncError& error) {
  out << error.what() << "\n";
  return false;
}

}  // namespace ankisync
