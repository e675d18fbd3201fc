// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>

namespace ankisync::config {
namespace {

struct Suffix {
  std::string_view text;
  std::uint64_t factor;
};

// From the largest down: a number is written with the first that divides it.
constexpr std::array kSizeSuffixes = {
    Suffix{"TiB", std::uint64_t{1} << 40},
    Suffix{"GiB", std::uint64_t{1} << 30},
    Suffix{"MiB", std::uint64_t{1} << 20},
    Suffix{"KiB", std::uint64_t{1} << 10},
    Suffix{"", 1},
};
constexpr std::array kTimeSuffixes = {
    Suffix{"h", 3'600'000}, Suffix{"m", 60'000}, Suffix{"s", 1'000},
    Suffix{"ms", 1},        Suffix{"", 1'000},
};
constexpr std::array kNoSuffixes = {Suffix{"", 1}};

constexpr std::string_view kSwitchWords[] = {"false", "true"};

template <typename Enum>
constexpr std::array<std::string_view, 0> kWords;
template <>
constexpr std::array<std::string_view, 4> kWords<LogLevel> = {"debug", "info", "warning", "error"};
template <>
constexpr std::array<std::string_view, 2> kWords<LogFormat> = {"text", "json"};
template <>
constexpr std::array<std::string_view, 2> kWords<JournalMode> = {"wal", "rollback"};

std::span<const Suffix> SuffixesOf(const Key& key, bool is_time) {
  if (is_time) return kTimeSuffixes;
  return key.unit == Unit::kBytes ? std::span<const Suffix>(kSizeSuffixes) : kNoSuffixes;
}

std::optional<std::uint64_t> ReadNumber(std::string_view text, std::span<const Suffix> suffixes,
                                        const Range& range) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto suffix = std::ranges::find(suffixes, text, &Suffix::text);
  if (suffix == suffixes.end() || number > range.max / suffix->factor) return std::nullopt;
  number *= suffix->factor;
  return number < range.min ? std::nullopt : std::optional(number);
}

std::string WriteNumber(std::uint64_t number, std::span<const Suffix> suffixes) {
  const auto suffix = std::ranges::find_if(
      suffixes, [&](const Suffix& s) { return number > 0 && number % s.factor == 0; });
  if (suffix == suffixes.end()) return "0";
  return std::to_string(number / suffix->factor).append(suffix->text);
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
  }
  return parts;
}

// False when the text does not fit.
struct Reader {
  const Key& key;
  std::string_view text;

  template <typename Number>
  bool ReadInto(Number& number, bool is_time) const {
    const auto read = ReadNumber(text, SuffixesOf(key, is_time), key.range);
    if (read) number = static_cast<Number>(*read);
    return read.has_value();
  }
  template <typename T>
  bool ReadWord(T& value, std::span<const std::string_view> words) const {
    const auto word = std::ranges::find(words, text);
    if (word == words.end()) return false;
    value = static_cast<T>(word - words.begin());
    return true;
  }

  bool operator()(bool* value) const { return ReadWord(*value, kSwitchWords); }
  bool operator()(std::uint16_t* value) const { return ReadInto(*value, false); }
  bool operator()(std::uint64_t* value) const { return ReadInto(*value, false); }
  bool operator()(std::chrono::milliseconds* value) const {
    std::uint64_t millis = 0;
    const bool read = ReadInto(millis, true);
    if (read) *value = std::chrono::milliseconds(millis);
    return read;
  }
  bool operator()(std::string* value) const {
    *value = text;
    return key.rule.fits(*value);
  }
  bool operator()(std::filesystem::path* value) const {
    *value = text;
    return key.rule.fits ? key.rule.fits(std::string(text)) : !text.empty();
  }
  bool operator()(std::vector<std::string>* value) const {
    *value = Split(text);
    return std::ranges::all_of(*value, key.rule.fits);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  bool operator()(Enum* value) const { return ReadWord(*value, kWords<Enum>); }
};

struct Writer {
  const Key& key;

  std::string operator()(const bool* value) const { return std::string(kSwitchWords[*value]); }
  std::string operator()(const std::uint16_t* value) const { return std::to_string(*value); }
  std::string operator()(const std::uint64_t* value) const {
    return WriteNumber(*value, SuffixesOf(key, false));
  }
  std::string operator()(const std::chrono::milliseconds* value) const {
    return WriteNumber(static_cast<std::uint64_t>(value->count()), kTimeSuffixes);
  }
  std::string operator()(const std::string* value) const { return *value; }
  std::string operator()(const std::filesystem::path* value) const { return value->string(); }
  std::string operator()(const std::vector<std::string>* value) const {
    std::string text;
    for (const std::string& part : *value) text += (text.empty() ? "" : ",") + part;
    return text;
  }
  template <typename Enum>
  requires std::is_enum_v<Enum> std::string operator()(const Enum* value) const {
    return std::string(kWords<Enum>[static_cast<std::size_t>(*value)]);
  }
};

}  // namespace

void Assign(const Key& key, Config& config, std::string_view text, std::string_view origin) {
  if (std::visit(Reader{key, text}, key.slot(config))) return;
  throw ConfigError(std::string(origin) + ": " + std::string(key.path) + " cannot be \"" +
                    std::string(text) + "\": it is " + ValuesOf(key));
}

std::string TextOf(const Key& key, Config config) {
  return std::visit(Writer{key}, key.slot(config));
}

std::string JsonText(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      json.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
    } else {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
  }
  return json + '"';
}

std::string JsonOf(const Key& key, Config config) {
  const Slot slot = key.slot(config);
  if (const auto* const list = std::get_if<std::vector<std::string>*>(&slot)) {
    std::string json = "[";
    for (const std::string& text : **list) json += (json.size() > 1 ? ", " : "") + JsonText(text);
    return json + "]";
  }
  const std::string text = TextOf(key, config);
  const bool is_bare = std::holds_alternative<bool*>(slot) ||
                       text.find_first_not_of("0123456789") == std::string::npos;
  return is_bare && !text.empty() ? text : JsonText(text);
}

std::span<const std::string_view> WordsOf(const Key& key) {
  Config any;
  return std::visit(
      []<typename T>(const T*) -> std::span<const std::string_view> {
        if constexpr (std::is_enum_v<T>) return kWords<T>;
        return {};
      },
      key.slot(any));
}

std::string ValuesOf(const Key& key) {
  const auto span = [&](bool is_time) {
    const auto suffixes = SuffixesOf(key, is_time);
    return " from " + WriteNumber(key.range.min, suffixes) + " to " +
           WriteNumber(key.range.max, suffixes);
  };
  Config any;
  return std::visit(
      [&]<typename T>(const T*) -> std::string {
        if constexpr (std::is_enum_v<T>) {
          std::string words;
          for (const std::string_view word : kWords<T>) {
            words.append(words.empty()              ? ""
                         : word == kWords<T>.back() ? " or "
                                                    : ", ")
                .append(word);
          }
          return words;
        } else if constexpr (std::is_same_v<T, bool>) {
          return "true or false";
        } else if constexpr (std::is_unsigned_v<T>) {
          return (key.unit == Unit::kBytes ? "a size" : "a number") + span(false);
        } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
          return "a time" + span(true);
        } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
          return key.rule.fits ? std::string(key.rule.values) : "a folder";
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          return "a list, each " + std::string(key.rule.values);
        } else {
          return std::string(key.rule.values);
        }
      },
      key.slot(any));
}

}  // namespace ankisync::config
