// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/chunk_reader.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "common/codec/json_events.h"
#include "common/core/error.h"

namespace ankisync::sync {
namespace {

constexpr std::size_t kElementsMax = 18;  // of a card, the longest entry

[[noreturn]] void Malformed(const char* what) {
  throw SyncError(ErrorKind::kMalformedRequest, std::string("applyChunk: ") + what);
}

// Knows where it is by the depth of open containers: 1 the envelope, 2 the chunk, 3 a list, 4 an
// entry.
class ChunkEvents final : public json::Events {
 public:
  explicit ChunkEvents(const ChunkSink& sink) : sink_(sink) {}

  void Null() override { Take(json::Kind::kNull, {}); }
  void Bool(bool) override { Take(json::Kind::kBool, {}); }
  void Number(std::string_view as_written) override { Take(json::Kind::kNumber, as_written); }
  void String(std::string_view text) override { Take(json::Kind::kString, text); }

  void Key(std::string_view name) override {
    if (skipping_) return;
    if (!seen_[depth_ - 1].insert(std::string(name)).second) Malformed("a key stands twice");
    if (depth_ == 1) {
      member_ = name == "chunk" ? Member::kChunk : Member::kOther;
    } else {
      member_ = name == "done"     ? Member::kDone
                : name == "revlog" ? Member::kRevlog
                : name == "cards"  ? Member::kCards
                : name == "notes"  ? Member::kNotes
                                   : Member::kOther;
    }
  }

  void StartObject() override {
    Open(json::Kind::kObject, depth_ == 0 || (depth_ == 1 && member_ == Member::kChunk));
  }
  void StartArray() override { Open(json::Kind::kArray, (depth_ == 2 && IsList()) || depth_ == 3); }
  void EndObject() override { Close(); }
  void EndArray() override {
    if (!skipping_ && depth_ == 4) HandOver();
    Close();
  }

  void RequireChunk() const {
    if (!seen_[0].contains("chunk")) Malformed("no chunk");
  }

 private:
  enum class Member { kOther, kChunk, kDone, kRevlog, kCards, kNotes };

  bool IsList() const {
    return member_ == Member::kRevlog || member_ == Member::kCards || member_ == Member::kNotes;
  }

  void Open(json::Kind kind, bool expected) {
    const bool is_element = depth_ == 4;  // whose content matters to nobody
    if (is_element && !skipping_) Take(kind, {});
    if (skipping_ || is_element || (!expected && IsIgnored())) {
      ++skipping_;
      return;
    }
    if (!expected) Malformed("a container in the wrong place");
    ++depth_;
    elements_ = 0;
  }

  void Close() {
    if (skipping_) {
      --skipping_;
    } else {
      --depth_;
    }
  }

  bool IsIgnored() const { return (depth_ == 1 || depth_ == 2) && member_ == Member::kOther; }

  void Take(json::Kind kind, std::string_view text) {
    if (skipping_ || IsIgnored()) return;
    if (depth_ == 2 && member_ == Member::kDone && kind == json::Kind::kBool) return;
    if (depth_ != 4) Malformed("a value in the wrong place");
    if (elements_ == kElementsMax) Malformed("an entry is too long");
    Scalar& element = entry_[elements_++];
    element.kind = kind;
    element.text = text;
  }

  void HandOver() {
    const Entry entry(entry_.data(), elements_);
    switch (member_) {
      case Member::kRevlog:
        sink_.revlog(ReadRevlogEntry(entry));
        break;
      case Member::kCards:
        sink_.card(ReadCardEntry(entry));
        break;
      default:
        sink_.note(ReadNoteEntry(entry));
        break;
    }
  }

  const ChunkSink& sink_;
  std::size_t depth_ = 0;
  std::size_t skipping_ = 0;  // containers open inside an ignored value
  Member member_ = Member::kOther;
  std::array<std::set<std::string>, 2> seen_;
  std::array<Scalar, kElementsMax> entry_;
  std::size_t elements_ = 0;
};

}  // namespace

void ReadChunk(ByteSource& source, const ChunkSink& sink) {
  ChunkEvents events(sink);
  json::ReadEvents(source, events);
  events.RequireChunk();
}

}  // namespace ankisync::sync
