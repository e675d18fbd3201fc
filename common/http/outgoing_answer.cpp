// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/outgoing_answer.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "common/core/error.h"
#include "common/http/text.h"

namespace ankisync::http {
namespace {

// How much goes out before the next waiting answer has its turn.
constexpr std::uint64_t kTurnBytes = 1 << 20;
// Room before a piece for its chunk's size line, and behind it for CRLF.
constexpr std::size_t kFrontBytes = 18;
constexpr std::size_t kBackBytes = 2;

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 416:
      return "Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Other";  // clients read the number
  }
}

bool HasNoBody(int status) { return status < 200 || status == 204 || status == 304; }

void AppendNumber(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

// A line break in a value would let its author write fields, or a second answer.
void AppendValue(std::string& text, std::string_view value) {
  for (const char c : value) text.push_back(IsControl(c) ? ' ' : c);
}

struct LengthOf {
  std::optional<std::uint64_t> operator()(const std::string& text) const { return text.size(); }
  std::optional<std::uint64_t> operator()(const FileRange& range) const { return range.length; }
  std::optional<std::uint64_t> operator()(const std::unique_ptr<ByteSource>& source) const {
    return source ? source->size() : 0;
  }
};

}  // namespace

OutgoingAnswer::OutgoingAnswer(Answer answer, AnswerStyle style, std::size_t piece_bytes,
                               std::optional<InFlight> in_flight)
    : piece_bytes_(piece_bytes), in_flight_(std::move(in_flight)), keep_alive_(style.keep_alive) {
  WriteHead(answer, style);
  pending_.first = head_;
  if (style.head_only || HasNoBody(answer.status)) return;
  if (auto* text = std::get_if<std::string>(&answer.body)) {
    text_ = std::move(*text);
    pending_.second = text_;
  } else if (auto* range = std::get_if<FileRange>(&answer.body)) {
    file_ = std::move(*range);
  } else {
    source_ = std::get<std::unique_ptr<ByteSource>>(std::move(answer.body));
    source_left_ = source_ ? source_->size() : std::nullopt;
    if (source_left_ == 0) source_.reset();
  }
}

void OutgoingAnswer::WriteHead(const Answer& answer, AnswerStyle style) {
  const auto length = std::visit(LengthOf(), answer.body);
  chunked_ = !length && style.chunks_understood;
  if (!length && !chunked_) keep_alive_ = false;
  head_.reserve(256);
  head_ += "HTTP/1.1 ";
  AppendNumber(head_, static_cast<std::uint64_t>(answer.status));
  head_ += ' ';
  head_ += ReasonOf(answer.status);
  for (const auto& [name, value] : answer.headers) {
    head_ += "\r\n";
    AppendValue(head_, name);
    head_ += ": ";
    AppendValue(head_, value);
  }
  if (chunked_) {
    head_ += "\r\nTransfer-Encoding: chunked";
  } else if (length && !HasNoBody(answer.status)) {
    head_ += "\r\nContent-Length: ";
    AppendNumber(head_, *length);
  }
  head_ += keep_alive_ ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
}

OutgoingAnswer::Progress OutgoingAnswer::Push(int socket) {
  const std::uint64_t turn_ends = sent_ + kTurnBytes;
  Progress progress = Progress::kMore;
  while (sent_ < turn_ends) {
    if (!pending_.empty()) {
      if (!PushPending(socket, progress)) return progress;
    } else if (file_.length > 0) {
      if (!PushFile(socket, progress)) return progress;
    } else {
      return source_ ? Progress::kPieceWanted : Progress::kDone;
    }
  }
  return Progress::kMore;
}

// False: nothing more can be sent now, and `progress` says why.
bool OutgoingAnswer::PushPending(int socket, Progress& progress) {
  std::array<iovec, 2> parts = {
      iovec{const_cast<char*>(pending_.first.data()), pending_.first.size()},
      iovec{const_cast<char*>(pending_.second.data()), pending_.second.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const int more = file_.length > 0 ? MSG_MORE : 0;  // the head travels with the file's first bytes
  const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT | more);
  if (count < 0) {
    if (errno == EINTR) return true;
    progress = errno == EAGAIN ? Progress::kMore : Progress::kFailed;
    return false;
  }
  sent_ += static_cast<std::uint64_t>(count);
  pending_.Drop(static_cast<std::size_t>(count));
  return true;
}

bool OutgoingAnswer::PushFile(int socket, Progress& progress) {
  off_t offset = static_cast<off_t>(file_.offset);
  const auto wanted = static_cast<std::size_t>(std::min(file_.length, kTurnBytes));
  const ssize_t count = ::sendfile(socket, file_.file->get(), &offset, wanted);
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) {  // 0: the file shrank, and would be asked for ever
    progress = count < 0 && errno == EAGAIN ? Progress::kMore : Progress::kFailed;
    return false;
  }
  sent_ += static_cast<std::uint64_t>(count);
  file_.offset += static_cast<std::uint64_t>(count);
  file_.length -= static_cast<std::uint64_t>(count);
  return true;
}

void OutgoingAnswer::Pull() {
  if (!piece_) {
    piece_ = std::make_unique_for_overwrite<char[]>(kFrontBytes + piece_bytes_ + kBackBytes);
  }
  char* const data = piece_.get() + kFrontBytes;
  const std::size_t count = source_->Read({data, piece_bytes_});
  if (count == 0) return EndOfSource();
  if (source_left_) {
    if (count > *source_left_) {
      throw SyncError(ErrorKind::kInternal, "an answer is longer than it said");
    }
    *source_left_ -= count;
    if (*source_left_ == 0) source_.reset();
  }
  if (!chunked_) {
    pending_.first = {data, count};
    return;
  }
  std::array<char, 16> digits;
  const auto digits_end = std::to_chars(digits.begin(), digits.end(), count, 16).ptr;
  data[-2] = '\r';
  data[-1] = '\n';
  char* const front = std::copy_backward(digits.data(), digits_end, data - 2);
  data[count] = '\r';
  data[count + 1] = '\n';
  pending_.first = {front, static_cast<std::size_t>(data + count + kBackBytes - front)};
}

void OutgoingAnswer::EndOfSource() {
  if (source_left_.value_or(0) > 0) {
    throw SyncError(ErrorKind::kInternal, "an answer is shorter than it said");
  }
  source_.reset();
  if (chunked_) pending_.first = "0\r\n\r\n";
}

void OutgoingAnswer::Pending::Drop(std::size_t count) {
  const std::size_t of_first = std::min(count, first.size());
  first.remove_prefix(of_first);
  second.remove_prefix(count - of_first);
}

}  // namespace ankisync::http
