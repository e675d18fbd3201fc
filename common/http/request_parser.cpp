// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/request_parser.h"

#include <algorithm>
#include <optional>

#include "common/http/text.h"

namespace ankisync::http {
namespace {

constexpr std::size_t kChunkLineBytesMax = 256;  // digits and extensions of one chunk
constexpr std::size_t kChunkDigitsMax = 15;      // cannot overflow
constexpr std::size_t kNoMoreThanARequestLine = 1;

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (Lower(c) >= 'a' && Lower(c) <= 'f') return static_cast<unsigned>(Lower(c) - 'a' + 10);
  return std::nullopt;
}

}  // namespace

RequestParser::Event RequestParser::Next(std::string_view& input) {
  switch (state_) {
    case State::kHead:
      return NextInHead(input);
    case State::kSized:
      return NextInSized(input);
    case State::kChunk:
      return NextInChunk(input);
    case State::kChunkData:
      return NextInChunkData(input);
    case State::kEnd:
      state_ = State::kHead;
      return Event::kEnd;
    case State::kMalformed:
      break;
  }
  return Event::kMalformed;
}

RequestParser::Event RequestParser::NextInHead(std::string_view& input) {
  if (input.empty()) return Event::kMore;
  const std::size_t kept = partial_head_.size();
  std::string_view text = input;
  if (kept > 0) {
    // No more than can be a head: the rest of a large read belongs to its body.
    text = input.substr(0, head_bytes_max_ + 1 - kept);
    partial_head_ += text;
    text = partial_head_;
  }
  if (!ScanLines(text.substr(0, head_bytes_max_))) return Fail(malformed_);
  if (head_is_whole_) {
    input.remove_prefix(scanned_ - kept);
    return FinishHead(text.substr(0, scanned_));
  }
  if (text.size() > head_bytes_max_) return Fail(Malformed::kHeadTooLarge);
  if (kept == 0) partial_head_ = input;
  input = {};
  return Event::kMore;
}

// Goes on where the last call stopped, up to and including the empty line. False: malformed_ says
// why.
bool RequestParser::ScanLines(std::string_view head) {
  for (;;) {
    const std::size_t lf = head.find('\n', scanned_);
    if (lf == std::string_view::npos) {
      scanned_ = head.size();
      return true;
    }
    scanned_ = lf + 1;
    if (lf == 0 || head[lf - 1] != '\r') {
      malformed_ = Malformed::kSyntax;
      return false;
    }
    const bool empty_line = lf - line_ == 1;
    line_ = scanned_;
    if (empty_line && lines_ == 0 && lf == 1)
      continue;  // some clients end a body with a CRLF too many
    if (empty_line) {
      head_is_whole_ = true;
      return true;
    }
    if (++lines_ > head_fields_max_ + kNoMoreThanARequestLine) {
      malformed_ = Malformed::kHeadTooLarge;
      return false;
    }
  }
}

RequestParser::Event RequestParser::FinishHead(std::string_view head) {
  head.remove_suffix(2);
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  head_ = {};
  const auto refused = ParseHead(head, head_);
  partial_head_ = {};  // gives the memory back
  line_ = scanned_ = lines_ = 0;
  head_is_whole_ = false;
  if (refused) return Fail(*refused);
  if (head_.chunked) {
    state_ = State::kChunk;
    trailer_bytes_ = trailer_line_bytes_ = 0;
    BeginChunkLine();
  } else {
    left_ = head_.head.content_length.value_or(0);
    state_ = left_ > 0 ? State::kSized : State::kEnd;
  }
  return Event::kHead;
}

RequestParser::Event RequestParser::NextInSized(std::string_view& input) {
  if (input.empty()) return Event::kMore;
  const Event event = TakePiece(input);
  if (left_ == 0) state_ = State::kEnd;
  return event;
}

RequestParser::Event RequestParser::NextInChunkData(std::string_view& input) {
  if (input.empty()) return Event::kMore;
  const Event event = TakePiece(input);
  if (left_ == 0) {
    state_ = State::kChunk;
    chunk_step_ = ChunkStep::kDataCr;
  }
  return event;
}

RequestParser::Event RequestParser::TakePiece(std::string_view& input) {
  piece_ = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input.remove_prefix(piece_.size());
  left_ -= piece_.size();
  return Event::kBody;
}

RequestParser::Event RequestParser::NextInChunk(std::string_view& input) {
  while (state_ == State::kChunk) {
    if (input.empty()) return Event::kMore;
    const char c = input.front();
    input.remove_prefix(1);
    if (!StepInChunk(c)) return Fail(malformed_);
  }
  return Next(input);
}

void RequestParser::BeginChunkLine() {
  chunk_step_ = ChunkStep::kDigits;
  chunk_line_bytes_ = 0;
  left_ = 0;
}

// One byte of what stands between the data of two chunks, or behind that of the last one.
bool RequestParser::StepInChunk(char c) {
  malformed_ = Malformed::kSyntax;
  switch (chunk_step_) {
    case ChunkStep::kDigits:
    case ChunkStep::kExtension:
      return StepInSize(c);
    case ChunkStep::kSizeLf:
      if (left_ > 0) {
        state_ = State::kChunkData;
      } else {
        chunk_step_ = ChunkStep::kTrailer;
      }
      return c == '\n';
    case ChunkStep::kDataCr:
      chunk_step_ = ChunkStep::kDataLf;
      return c == '\r';
    case ChunkStep::kDataLf:
      BeginChunkLine();
      return c == '\n';
    case ChunkStep::kTrailer:
    case ChunkStep::kTrailerLf:
      return StepInTrailer(c);
  }
  return false;
}

bool RequestParser::StepInSize(char c) {
  const bool in_digits = chunk_step_ == ChunkStep::kDigits;
  if (in_digits) {
    if (const auto digit = HexDigit(c)) {
      left_ = left_ * 16 + *digit;
      return ++chunk_line_bytes_ <= kChunkDigitsMax;
    }
    if (chunk_line_bytes_ == 0) return false;
  }
  if (c == '\r') {
    chunk_step_ = ChunkStep::kSizeLf;
    return true;
  }
  if (in_digits && c != ';' && !IsBlank(c)) return false;
  chunk_step_ = ChunkStep::kExtension;
  return (IsBlank(c) || !IsControl(c)) && ++chunk_line_bytes_ <= kChunkLineBytesMax;
}

// Trailers are allowed and ignored.
bool RequestParser::StepInTrailer(char c) {
  if (++trailer_bytes_ > head_bytes_max_) {
    malformed_ = Malformed::kHeadTooLarge;
    return false;
  }
  if (chunk_step_ == ChunkStep::kTrailerLf) {
    if (trailer_line_bytes_ == 0) state_ = State::kEnd;
    trailer_line_bytes_ = 0;
    chunk_step_ = ChunkStep::kTrailer;
    return c == '\n';
  }
  if (c == '\r') {
    chunk_step_ = ChunkStep::kTrailerLf;
    return true;
  }
  ++trailer_line_bytes_;
  return IsBlank(c) || !IsControl(c);
}

RequestParser::Event RequestParser::Fail(Malformed malformed) {
  malformed_ = malformed;
  state_ = State::kMalformed;
  partial_head_ = {};
  return Event::kMalformed;
}

}  // namespace ankisync::http
