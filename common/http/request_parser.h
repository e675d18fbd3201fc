// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/http/head_parser.h"

namespace ankisync::http {

// HTTP/1.x requests from bytes that come in any pieces. Pure: no socket, no clock. One thread at a
// time.
//
//   while (the caller wants more) switch (parser.Next(input)) …
//
// Events of one request: kHead, kBody (none or many), kEnd; then the next one begins. kMore: the
// input is used up. kMalformed is final. A head that lies whole in the input is parsed in place,
// and only a part of one is ever kept.
class RequestParser {
 public:
  enum class Event { kMore, kHead, kBody, kEnd, kMalformed };

  RequestParser(std::size_t head_bytes_max, std::size_t head_fields_max)
      : head_bytes_max_(head_bytes_max), head_fields_max_(head_fields_max) {}

  // Uses up the front of `input`.
  Event Next(std::string_view& input);

  // After kHead, once; after kBody, a part of the input and never empty; after kMalformed.
  ParsedHead TakeHead() { return std::move(head_); }
  std::string_view piece() const { return piece_; }
  Malformed malformed() const { return malformed_; }

  // Some of a head has been received, and not all of it.
  bool mid_head() const { return state_ == State::kHead && !partial_head_.empty(); }

 private:
  enum class State { kHead, kSized, kChunk, kChunkData, kEnd, kMalformed };
  enum class ChunkStep { kDigits, kExtension, kSizeLf, kDataCr, kDataLf, kTrailer, kTrailerLf };

  Event NextInHead(std::string_view& input);
  Event NextInSized(std::string_view& input);
  Event NextInChunk(std::string_view& input);
  Event NextInChunkData(std::string_view& input);
  bool StepInChunk(char c);
  bool StepInSize(char c);
  bool StepInTrailer(char c);
  void BeginChunkLine();

  bool ScanLines(std::string_view head);
  Event FinishHead(std::string_view head);
  Event TakePiece(std::string_view& input);
  Event Fail(Malformed malformed);

  const std::size_t head_bytes_max_;
  const std::size_t head_fields_max_;
  State state_ = State::kHead;
  Malformed malformed_ = Malformed::kSyntax;

  // In a head. `line_` and `scanned_` are offsets into it, so that no byte is looked at twice.
  std::string partial_head_;
  std::size_t line_ = 0;
  std::size_t scanned_ = 0;
  std::size_t lines_ = 0;
  bool head_is_whole_ = false;
  ParsedHead head_;

  // In a body.
  ChunkStep chunk_step_ = ChunkStep::kDigits;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::size_t chunk_line_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_line_bytes_ = 0;
  std::string_view piece_;
};

}  // namespace ankisync::http
