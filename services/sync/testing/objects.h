// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// The JSON of objects as clients send them, and what a test says about them.
namespace ankisync::sync {

struct ObjectJson {
  std::int64_t id = 0;
  std::string name;
  std::int64_t mtime = 0;
  int usn = 10;
};

std::string DeckJson(const ObjectJson& deck);
std::string PresetJson(const ObjectJson& preset);
std::string NotetypeJson(const ObjectJson& notetype,
                         const std::vector<std::string>& fields = {"Front", "Back"},
                         int templates = 1);

// `text` as a JSON string.
std::string Quoted(const std::string& text);

// <changes> of applyChanges; each a list of objects without its brackets.
struct ChangesJson {
  std::string models;
  std::string decks;
  std::string presets;
  std::string tags;
  std::string more;  // members beyond these, each with a comma in front
};
std::string Changes(const ChangesJson& changes);

}  // namespace ankisync::sync
