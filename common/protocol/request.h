// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "common/codec/json_value.h"
#include "common/core/byte_stream.h"
#include "common/protocol/method.h"

namespace ankisync::protocol {

// What a method answers on success.
struct Reply {
  using Text = std::string;
  using Produce =
      std::function<void(ByteSink&)>;  // called once, at once, by the thread that ran the method
  using Stream = std::unique_ptr<ByteSource>;  // read later, from any thread; knows its size
  std::variant<Text, Produce, Stream> payload;
};

// One call of a method, whatever it was wrapped in. No method knows the framing.
struct Request {
  const MethodInfo* method = nullptr;
  int version = 0;     // of the framing: 11, or 10 for a legacy form
  std::string client;  // as it calls itself
  std::string hkey;    // as sent: `begin` of media gives it back
  std::string skey;
  std::string remote_address;                    // of the client, for the log and for throttling
  std::uint64_t id = 0;                          // for the log
  std::chrono::steady_clock::duration waited{};  // from its last byte to the method's beginning

  // Set by a method that told the log itself why it refuses.
  bool is_logged = false;

  // For an upload of a collection: answers before the method is done, whose own answer goes nowhere
  // then. The user's other requests run from here on, so that the method may touch nothing of the
  // user's any more. Any thread; may be called when the method has answered, and does nothing then.
  std::function<void(Reply)> answer_early;

  // The decoded payload. Errors while reading: kMalformedRequest, kTooLarge.
  std::unique_ptr<ByteSource> payload;
};

// The payload as JSON, whole in memory, however long the framing lets it be. Errors:
// kMalformedRequest, kTooLarge.
json::Document ReadJson(Request& request);

}  // namespace ankisync::protocol
