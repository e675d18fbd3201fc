// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_events.h"

#include <rapidjson/reader.h>

#include <memory>

#include "common/codec/json_text.h"
#include "common/core/error.h"

namespace ankisync::json {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

// RapidJSON's idea of an input stream over ours.
class InputStream {
 public:
  using Ch = char;

  explicit InputStream(ByteSource& source) : source_(source), buffer_(new char[kBufferBytes]) {
    Fill();
  }

  Ch Peek() const { return at_ < end_ ? buffer_[at_] : '\0'; }
  Ch Take() {
    const Ch taken = Peek();
    if (at_ < end_ && ++at_ == end_) Fill();
    return taken;
  }
  std::size_t Tell() const { return before_ + at_; }
  bool at_end() const { return at_ == end_; }

  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  std::size_t PutEnd(Ch*) { return 0; }

 private:
  void Fill() {
    before_ += end_;
    at_ = 0;
    end_ = source_.Read({buffer_.get(), kBufferBytes});
  }

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::size_t before_ = 0;
};

class Handler {
 public:
  explicit Handler(Events& events) : events_(events) {}

  bool Null() { return events_.Null(), true; }
  bool Bool(bool truth) { return events_.Bool(truth), true; }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return events_.Number({text, size}), true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return !HoldsSurrogate({text, size}) && (events_.String({text, size}), true);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    return !HoldsSurrogate({text, size}) && (events_.Key({text, size}), true);
  }
  bool StartObject() { return events_.StartObject(), true; }
  bool EndObject(rapidjson::SizeType) { return events_.EndObject(), true; }
  bool StartArray() { return events_.StartArray(), true; }
  bool EndArray(rapidjson::SizeType) { return events_.EndArray(), true; }

  // Never called: numbers stay text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  Events& events_;
};

}  // namespace

void ReadEvents(ByteSource& source, Events& events) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  InputStream stream(source);
  Handler handler(events);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (!result || !stream.at_end()) {
    throw SyncError(
        ErrorKind::kMalformedRequest,
        "not JSON, at byte " + std::to_string(result ? stream.Tell() : result.Offset()));
  }
}

}  // namespace ankisync::json
