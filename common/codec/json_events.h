// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string_view>

#include "common/core/byte_stream.h"

// JSON as a stream of events, for texts too long to hold: chunks of a sync. Memory is a buffer and
// the longest string.
namespace ankisync::json {

class Events {
 public:
  virtual ~Events() = default;
  virtual void Null() = 0;
  virtual void Bool(bool truth) = 0;
  virtual void Number(std::string_view as_written) = 0;
  virtual void String(std::string_view text) = 0;
  virtual void Key(std::string_view name) = 0;
  virtual void StartObject() = 0;
  virtual void EndObject() = 0;
  virtual void StartArray() = 0;
  virtual void EndArray() = 0;
};

// Views live until the handler returns. Errors: kMalformedRequest as for Document::Parse; what the
// handler or the source throws passes through.
void ReadEvents(ByteSource& source, Events& events);

}  // namespace ankisync::json
