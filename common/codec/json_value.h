// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A JSON text as a tree that keeps what other parsers lose: numbers stay as they were written
// (64-bit ids, "1.50", "-0"), and equal keys stay apart, in their order. Strings are
// decoded in place, so a tree needs the text and about 24 bytes a value. What a value may be used
// as is json_read.h's business.
//
// Errors: kMalformedRequest for text that is no JSON, not UTF-8, has a BOM, a lone surrogate or
// anything behind the value. Threads: a finished Document may be read from anywhere.
namespace ankisync::json {

enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

struct Member;

class Value {
 public:
  Value() = default;

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }

  bool boolean() const { return size_ != 0; }  // kBool
  std::string_view text() const {
    return {static_cast<const char*>(at_), size_};
  }  // kString: decoded; kNumber: as written
  std::span<const Value> items() const {
    return {static_cast<const Value*>(at_), size_};
  }                                         // kArray
  std::span<const Member> members() const;  // kObject, equal keys included

  // kObject: the last member of that name; nullptr when there is none, or this is no object.
  const Value* Find(std::string_view key) const;
  bool HasDuplicateKeys() const;

  // kObject: of equal keys only the last, else in the text's order.
  std::vector<const Member*> LastMembers() const;

  // Levels of containers: 0 for a scalar, 1 for [] or {}.
  std::uint32_t height() const { return height_; }

 private:
  friend class TreeBuilder;

  const void* at_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t height_ : 24 = 0;
  Kind kind_ = Kind::kNull;
};

struct Member {
  std::string_view key;
  Value value;
};

inline std::span<const Member> Value::members() const {
  return {static_cast<const Member*>(at_), size_};
}

class Document {
 public:
  static Document Parse(std::string text);

  const Value& root() const { return *root_; }

 private:
  Document() = default;

  std::unique_ptr<std::string> text_;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;
  std::unique_ptr<Value> root_;
};

// The reference's bound: 127 levels pass, 128 are refused, wherever a value is used.
inline constexpr std::uint32_t kHeightMax = 127;

}  // namespace ankisync::json
