// SPDX-License-Identifier: AGPL-3.0-or-later
#include <type_traits>

#include "common/config/print.h"
#include "common/config/sections.h"
#include "common/config/value.h"

namespace ankisync::config {
namespace {

std::string Integer(std::uint64_t min, std::uint64_t max) {
  return "\"type\": \"integer\", \"minimum\": " + std::to_string(min) +
         ", \"maximum\": " + std::to_string(max);
}

std::string WithSuffix(const std::string& integer, const std::string& suffixes) {
  return "\"anyOf\": [{" + integer + "}, {\"type\": \"string\", \"pattern\": \"^[0-9]+(" +
         suffixes + ")?$\"}]";
}

std::string Words(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + JsonText(word);
  return "\"enum\": [" + list + "]";
}

std::string TypeOf(const Key& key) {
  Config any;
  const std::uint64_t min = key.range.min;
  const std::uint64_t max = key.range.max;
  return std::visit(
      [&]<typename T>(const T*) -> std::string {
        if constexpr (std::is_enum_v<T>) {
          return Words(WordsOf(key));
        } else if constexpr (std::is_same_v<T, bool>) {
          return "\"type\": \"boolean\"";
        } else if constexpr (std::is_unsigned_v<T>) {
          const std::string integer = Integer(min, max);
          return key.unit == Unit::kBytes ? WithSuffix(integer, "KiB|MiB|GiB|TiB") : integer;
        } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
          return WithSuffix(Integer((min + 999) / 1000, max / 1000), "ms|s|m|h");
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          return "\"type\": \"array\", \"items\": {\"type\": \"string\"}";
        } else {
          return "\"type\": \"string\"";
        }
      },
      key.slot(any));
}

std::string PropertyOf(const Key& key) {
  return JsonText(NameOf(key)) + ": {\"description\": " + JsonText(key.about) + ", " + TypeOf(key) +
         ", \"default\": " + JsonOf(key, DefaultsFor(Program::kAnkisyncd)) + "}";
}

std::string Properties(const Section& section, const std::string& indent) {
  std::string text;
  for (const Key& key : section.keys) {
    text += (text.empty() ? indent : ",\n" + indent) + PropertyOf(key);
  }
  return text;
}

}  // namespace

std::string Schema() {
  std::string text =
      "{\n"
      "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
      "  \"title\": \"ankisyncd.yaml\",\n"
      "  \"type\": \"object\",\n"
      "  \"additionalProperties\": false,\n"
      "  \"properties\": {\n";
  for (const Section& section : Sections()) {
    if (section.name.empty()) {
      text += Properties(section, "    ");
    } else {
      text += ",\n    " + JsonText(section.name) +
              ": {\"type\": [\"object\", \"null\"], \"additionalProperties\": false, "
              "\"properties\": {\n" +
              Properties(section, "      ") + "\n    }}";
    }
  }
  return text + "\n  }\n}\n";
}

}  // namespace ankisync::config
