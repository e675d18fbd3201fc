// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/blob.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wire_format_lite.h>

#include "common/core/error.h"

namespace ankisync {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr std::uint32_t kOther = 255;

enum class Wire : std::uint32_t { kVarint = 0, kBytes = 2, kFixed32 = 5 };

char FieldAt(const Shape& shape, std::uint32_t number) {
  if (number == kOther) return 'b';
  const bool is_within = number > 0 && number <= shape.fields.size();
  return is_within ? shape.fields[number - 1] : ' ';
}

bool Takes(char field, Wire wire) {
  switch (field) {
    case 'v':
      return wire == Wire::kVarint;
    case 'V':
      return wire == Wire::kVarint || wire == Wire::kBytes;
    case 'f':
      return wire == Wire::kFixed32;
    case 'F':
      return wire == Wire::kFixed32 || wire == Wire::kBytes;
    case 'b':
    case 'm':
      return wire == Wire::kBytes;
    default:
      return false;
  }
}

// Which of the shape's messages the field of this number is.
const Shape& MessageAt(const Shape& shape, std::uint32_t number) {
  std::size_t index = 0;
  for (const char field : shape.fields.substr(0, number - 1)) index += field == 'm' ? 1 : 0;
  return *shape.messages.at(index);
}

// Of a blob that is protobuf.
bool HasShape(std::string_view blob, const Shape& shape) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(blob.data()),
                      static_cast<int>(blob.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    const std::uint32_t number = tag >> 3;
    const auto wire = static_cast<Wire>(tag & 7);
    const char field = FieldAt(shape, number);
    if (field == ' ') {  // perhaps a group: what it holds is not of this message
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    if (!Takes(field, wire)) return false;
    std::uint64_t payload = 0;
    if (wire == Wire::kVarint) {
      in.ReadVarint64(&payload);
    } else if (wire == Wire::kBytes) {
      in.ReadVarint64(&payload);
      const auto at = static_cast<std::size_t>(in.CurrentPosition());
      if (field == 'm' && !HasShape(blob.substr(at, payload), MessageAt(shape, number)))
        return false;
      in.Skip(static_cast<int>(payload));
    } else if (wire == Wire::kFixed32) {
      in.Skip(4);
    }
  }
  return true;
}

}  // namespace

void ThrowUndecodable(std::string_view what) {
  throw SyncError(ErrorKind::kInconsistentData, std::string(what) + " does not decode");
}

void DecodeInto(google::protobuf::MessageLite& message, std::string_view blob, const Shape& shape,
                std::string_view what) {
  const google::protobuf::LogSilencer one_line_per_refusal_is_ours;
  if (!message.ParseFromArray(blob.data(), static_cast<int>(blob.size())) ||
      !HasShape(blob, shape)) {
    ThrowUndecodable(what);
  }
}

}  // namespace ankisync
