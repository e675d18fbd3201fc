// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/testing/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "common/core/files.h"
#include "common/http/text.h"

namespace ankisync::http::testing {

namespace {

// Far from the numbers of the server in this process, which would otherwise alternate with ours and
// all be odd.
constexpr int kFirstDescriptor = 600;

}  // namespace

Client::Client(std::uint16_t port, int receive_buffer_bytes) {
  const UniqueFd low(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  socket_ = UniqueFd(::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstDescriptor));
  if (!socket_) ThrowErrno("create", "a socket");
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ThrowErrno("connect to", "the server");
  }
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd state{socket_.get(), POLLOUT, 0};
    if (::poll(&state, 1, static_cast<int>(kPatience.count())) != 1) return false;
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::HasInput(std::chrono::milliseconds patience) {
  if (!buffer_.empty()) return true;
  return Fill(patience);
}

bool Client::Fill(std::chrono::milliseconds patience) {
  if (ended_) return false;
  pollfd state{socket_.get(), POLLIN, 0};
  if (::poll(&state, 1, static_cast<int>(patience.count())) != 1) return false;
  char bytes[65536];
  const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, 0);
  ended_ = count <= 0;
  reset_ = count < 0;
  if (ended_) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> Client::TakeLine() {
  std::size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill(kPatience)) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::optional<std::string> Client::Take(std::size_t bytes) {
  while (buffer_.size() < bytes) {
    if (!Fill(kPatience)) return std::nullopt;
  }
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::optional<std::string> Client::TakeChunks() {
  std::string body;
  for (;;) {
    const auto line = TakeLine();
    if (!line) return std::nullopt;
    const std::size_t size = std::stoul(*line, nullptr, 16);
    const auto chunk = Take(size);
    const auto end = TakeLine();
    if (!chunk || !end) return std::nullopt;
    if (size == 0) return body;
    body += *chunk;
  }
}

std::optional<Received> Client::ReadAnswer(Expecting expecting) {
  const auto status_line = TakeLine();
  if (!status_line) return std::nullopt;
  Received received;
  received.status = std::stoi(status_line->substr(9));
  for (;;) {
    const auto line = TakeLine();
    if (!line) return std::nullopt;
    if (line->empty()) break;
    const std::size_t colon = line->find(": ");
    std::string name = line->substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), Lower);
    received.headers[name] = line->substr(colon + 2);
  }
  if (expecting == Expecting::kHeadOnly || received.status < 200) return received;
  std::optional<std::string> body = "";
  if (received.Header("transfer-encoding") == "chunked") {
    body = TakeChunks();
  } else if (received.headers.contains("content-length")) {
    body = Take(std::stoul(received.Header("content-length")));
  } else if (received.Header("connection") == "close") {
    body = ReadToEnd();
    if (reset_) return std::nullopt;
  }
  if (!body) return std::nullopt;
  received.body = *std::move(body);
  return received;
}

Received Client::Ask(std::string_view request) {
  if (!Send(request)) return {};
  return ReadAnswer().value_or(Received{});
}

bool Client::Skip(std::uint64_t bytes) {
  while (bytes > buffer_.size()) {
    bytes -= buffer_.size();
    buffer_.clear();
    if (!Fill(kPatience)) return false;
  }
  buffer_.erase(0, static_cast<std::size_t>(bytes));
  return true;
}

std::optional<std::string> Client::ReadToEnd(std::chrono::milliseconds patience) {
  while (Fill(patience)) {
  }
  if (!ended_) return std::nullopt;
  return std::exchange(buffer_, {});
}

bool Client::IsClosedByServer(std::chrono::milliseconds patience) {
  return ReadToEnd(patience).has_value();
}

void Client::HalfClose() { ::shutdown(socket_.get(), SHUT_WR); }

void Client::Reset() {
  const linger now{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_ = UniqueFd();
}

std::string Get(std::string_view path, std::string_view more_fields) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_fields) +
         "\r\n";
}

std::string Post(std::string_view path, std::string_view body, std::string_view more_fields) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string Chunk(std::string_view data) {
  std::ostringstream out;
  out << std::hex << data.size() << "\r\n" << data << "\r\n";
  return out.str();
}

}  // namespace ankisync::http::testing
