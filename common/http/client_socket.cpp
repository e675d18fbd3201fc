// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/client_socket.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace ankisync::http {

void ClientSocket::EndSending() const { ::shutdown(fd_.get(), SHUT_WR); }

void ClientSocket::End() const { ::shutdown(fd_.get(), SHUT_RDWR); }

void ClientSocket::Reset() const {
  ResetOnClose();
  ::shutdown(fd_.get(), SHUT_RDWR);
}

void ClientSocket::BreakOff() const {
  ResetOnClose();
  ::shutdown(fd_.get(), SHUT_RD);  // SHUT_WR would send the FIN that ends an answer well
}

void ClientSocket::ResetOnClose() const {
  const linger now{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool ClientSocket::HungUp() const {
  pollfd state{fd_.get(), 0, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

std::optional<int> ClientSocket::UntakenBytes() const {
  int bytes = 0;
  if (::ioctl(fd_.get(), SIOCOUTQ, &bytes) != 0) return std::nullopt;
  return bytes;
}

void ClientSocket::SendOrDrop(std::string_view bytes) const {
  const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0 && static_cast<std::size_t>(sent) < bytes.size()) End();
}

}  // namespace ankisync::http
