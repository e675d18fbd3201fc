// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/core/byte_stream.h"
#include "common/core/unique_fd.h"

// What the HTTP layer and a program on top of it say to each other. Nothing of Pistache is visible
// here.
//
// A request's way: head complete → Application::Admit (I/O thread, at once) → body received within
// the bound it named, in memory or spooled → Receiver::Complete (I/O thread; hands over to the
// pool) → Exchange::Respond (any thread).
namespace ankisync::http {

// Names are lower case; the first of several equal names wins.
class Headers {
 public:
  void Add(std::string name, std::string value) {
    all_.emplace_back(std::move(name), std::move(value));
  }
  std::optional<std::string_view> Find(std::string_view lower_case_name) const {
    for (const auto& [name, value] : all_) {
      if (name == lower_case_name) return value;
    }
    return std::nullopt;
  }
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

struct RequestHead {
  std::string method;  // "POST"
  std::string path;    // without the query, percent-decoded; "/sync/meta"
  std::string query;   // behind the "?", as it was sent; may hold a secret
  Headers headers;
  std::string peer_address;                     // of the TCP peer: a proxy's, perhaps
  std::optional<std::uint64_t> content_length;  // absent: chunked, or no body
  std::uint64_t request_id = 0;                 // unique in this process, for the log
};

// A request's body, whole: in memory when small and the budget had room, else an unlinked file in
// the spool folder.
class Body {
 public:
  Body() = default;
  explicit Body(std::string text) : size_(text.size()), content_(std::move(text)) {}
  Body(std::shared_ptr<const UniqueFd> file, std::uint64_t size)
      : size_(size), content_(std::move(file)) {}

  std::uint64_t size() const { return size_; }

  // Reads from the start; may be called again. The body must outlive the source.
  std::unique_ptr<ByteSource> Open() const { return Open(0, size_); }
  // The part [offset, offset + length), which must lie within.
  std::unique_ptr<ByteSource> Open(std::uint64_t offset, std::uint64_t length) const;

  // The bytes where they are in memory; nullptr when they were spooled.
  const std::string* in_memory() const { return std::get_if<std::string>(&content_); }

 private:
  std::uint64_t size_ = 0;
  std::variant<std::string, std::shared_ptr<const UniqueFd>> content_;
};

struct FileRange {
  std::shared_ptr<const UniqueFd> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Content-Length (or chunked, for a source of unknown size) and Connection are added by the HTTP
// layer.
struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  // A source is pulled on the pool, a piece at a time, as the client takes it.
  std::variant<std::string, FileRange, std::unique_ptr<ByteSource>> body;
};

// One request that was received whole and waits for its answer. Move it to any thread and call
// Respond() once; dropped without an answer it closes the connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& head() const = 0;
  virtual Body& body() = 0;
  virtual void Respond(Answer answer) = 0;
};

// The program's side of one request between its head and its end. Destroyed when the request is
// over or its client gone.
class Receiver {
 public:
  virtual ~Receiver() = default;
  // The body passed the bound: this is sent, the rest is drained for a while, and the connection
  // closes.
  virtual Answer OverBound() = 0;
  // I/O thread: hand the work over and return.
  virtual void Complete(std::unique_ptr<Exchange> exchange) = 0;
};

struct Accepted {
  std::uint64_t body_bytes_max = 0;  // as sent, i.e. compressed
  std::unique_ptr<Receiver> receiver;
  // Of a body that may be larger in memory than Limits::body_memory_bytes_max, while half of the
  // memory for bodies is free.
  std::size_t body_memory_bytes_max = 0;
};

class Application {
 public:
  virtual ~Application() = default;
  // I/O thread, as soon as the head is complete and before any of the body is taken: quick, no
  // disk. An Answer refuses. May throw SyncError only; anything else is a 500.
  virtual std::variant<Answer, Accepted> Admit(const RequestHead& head) = 0;
};

}  // namespace ankisync::http
