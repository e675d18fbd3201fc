// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

// Stored protobuf blobs, decoded as strictly as clients do it: libprotobuf takes a known field with
// another wire type for an unknown one, clients refuse the row.
namespace ankisync {

// What a message may hold, a letter a field number from 1 on; field 255 is always bytes.
//   v varint   f 32 bits   b string or bytes   V, F the same repeated, packed or not
//   m message, the next of `messages`   blank: not a field, ignored
struct Shape {
  std::string_view fields;
  std::array<const Shape*, 2> messages{};
};

[[noreturn]] void ThrowUndecodable(std::string_view what);

// Errors: kInconsistentData naming `what`.
void DecodeInto(google::protobuf::MessageLite& message, std::string_view blob, const Shape& shape,
                std::string_view what);

// The same. Fields that we do not know stay in the message.
template <typename Message>
Message Decode(std::string_view blob, const Shape& shape, std::string_view what) {
  Message message;
  DecodeInto(message, blob, shape, what);
  return message;
}

}  // namespace ankisync
