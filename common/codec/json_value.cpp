// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/codec/json_value.h"

#include <rapidjson/reader.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/codec/json_text.h"
#include "common/core/error.h"

namespace ankisync::json {

// Receives RapidJSON's events; children of the containers still open lie on two stacks until their
// container ends.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::pmr::memory_resource& arena) : arena_(arena) {}

  bool Null() { return Push(Value()); }
  bool Bool(bool truth) { return Push(Scalar(Kind::kBool, nullptr, truth ? 1 : 0)); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return Push(Scalar(Kind::kNumber, text, size));
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return !HoldsSurrogate({text, size}) && Push(Scalar(Kind::kString, text, size));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (HoldsSurrogate({text, size})) return false;
    members_.push_back({{text, size}, Value()});
    return true;
  }
  bool StartObject() { return Open(Kind::kObject); }
  bool StartArray() { return Open(Kind::kArray); }
  bool EndObject(rapidjson::SizeType count) { return Close(members_, count); }
  bool EndArray(rapidjson::SizeType count) { return Close(items_, count); }

  // Never called: numbers stay text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  const Value& root() const { return root_; }

 private:
  static Value Scalar(Kind kind, const char* at, std::uint32_t size) {
    Value value;
    value.kind_ = kind;
    value.at_ = at;
    value.size_ = size;
    return value;
  }

  bool Open(Kind kind) {
    open_.push_back(kind);
    return true;
  }

  bool Push(const Value& value) {
    if (open_.empty()) {
      root_ = value;
    } else if (open_.back() == Kind::kObject) {
      members_.back().value = value;
    } else {
      items_.push_back(value);
    }
    return true;
  }

  static std::uint32_t HeightOf(const Value& value) { return value.height_; }
  static std::uint32_t HeightOf(const Member& member) { return member.value.height_; }

  template <typename Child>
  bool Close(std::vector<Child>& stack, std::size_t count) {
    Value value;
    value.kind_ = open_.back();
    value.size_ = static_cast<std::uint32_t>(count);
    std::uint32_t height = 0;
    if (count > 0) {
      auto* children = static_cast<Child*>(arena_.allocate(count * sizeof(Child), alignof(Child)));
      const auto first = stack.end() - static_cast<std::ptrdiff_t>(count);
      std::uninitialized_copy(first, stack.end(), children);
      for (std::size_t i = 0; i < count; ++i) height = std::max(height, HeightOf(children[i]));
      stack.erase(first, stack.end());
      value.at_ = children;
    }
    constexpr std::uint32_t kRepresentable = (1U << 24) - 1;
    value.height_ = std::min(height + 1, kRepresentable) & kRepresentable;
    open_.pop_back();
    return Push(value);
  }

  std::pmr::memory_resource& arena_;
  std::vector<Kind> open_;
  std::vector<Value> items_;
  std::vector<Member> members_;
  Value root_;
};

const Value* Value::Find(std::string_view key) const {
  if (kind_ != Kind::kObject) return nullptr;
  const auto all = members();
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [key](const Member& member) { return member.key == key; });
  return found == all.rend() ? nullptr : &found->value;
}

bool Value::HasDuplicateKeys() const {
  if (kind_ != Kind::kObject) return false;
  std::unordered_set<std::string_view> seen;
  return std::any_of(members().begin(), members().end(),
                     [&seen](const Member& member) { return !seen.insert(member.key).second; });
}

std::vector<const Member*> Value::LastMembers() const {
  if (kind_ != Kind::kObject) return {};
  std::unordered_map<std::string_view, const Member*> last;
  for (const Member& member : members()) last[member.key] = &member;
  std::vector<const Member*> kept;
  for (const Member& member : members()) {
    if (last[member.key] == &member) kept.push_back(&member);
  }
  return kept;
}

Document Document::Parse(std::string text) {
  constexpr std::size_t kBytesOfACharacterMax = 4;
  const std::size_t size = text.size();
  // RapidJSON takes all the bytes that a character's first one announces before it looks at them.
  text.append(kBytesOfACharacterMax, '\0');
  Document document;
  document.text_ = std::make_unique<std::string>(std::move(text));
  document.arena_ = std::make_unique<std::pmr::monotonic_buffer_resource>();

  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  TreeBuilder builder(*document.arena_);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(document.text_->data());
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  // RapidJSON takes a NUL for the end of the text.
  if (!result || stream.Tell() != size) {
    throw SyncError(
        ErrorKind::kMalformedRequest,
        "not JSON, at byte " + std::to_string(result ? stream.Tell() : result.Offset()));
  }
  document.root_ = std::make_unique<Value>(builder.root());
  return document;
}

}  // namespace ankisync::json
