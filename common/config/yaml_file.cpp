// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/yaml_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "common/config/nearest.h"
#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::config {
namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 20;

bool IsSection(const std::string& path) {
  return std::ranges::any_of(
      Keys(), [prefix = path + "."](const Key& key) { return key.path.starts_with(prefix); });
}

class Walk {
 public:
  explicit Walk(std::string file) : file_(std::move(file)) {}

  void Section(const YAML::Node& node, const std::string& prefix) {
    if (node.IsNull()) return;
    if (!node.IsMap()) Refuse(node, (prefix.empty() ? "the file" : prefix) + " is no map of keys");
    for (const auto& member : node) {
      const std::string name = member.first.IsScalar() ? member.first.Scalar() : "";
      const std::string path = prefix.empty() ? name : prefix + "." + name;
      if (const Key* const key = FindKey(path)) {
        Value(*key, member.first, member.second);
      } else if (IsSection(path)) {
        Section(member.second, path);
      } else {
        RefuseUnknown(member.first, path);
      }
    }
  }

  std::vector<Entry> entries;

 private:
  std::string Origin(const YAML::Node& node) const {
    return file_ + ":" + std::to_string(node.Mark().line + 1);
  }

  [[noreturn]] void Refuse(const YAML::Node& node, const std::string& why) const {
    throw ConfigError(Origin(node) + ": " + why);
  }

  [[noreturn]] void RefuseUnknown(const YAML::Node& node, const std::string& path) const {
    std::vector<std::string> names;
    for (const Key& key : Keys()) names.emplace_back(key.path);
    Refuse(node, "unknown key " + path + "; did you mean " + Nearest(path, names) + "?");
  }

  void Value(const Key& key, const YAML::Node& name, const YAML::Node& value) {
    const std::string path(key.path);
    if (std::ranges::find(entries, &key, &Entry::key) != entries.end()) {
      Refuse(name, path + " is there a second time");
    }
    entries.push_back({&key, Text(path, name, value), Origin(name)});
  }

  std::string Text(const std::string& path, const YAML::Node& name, const YAML::Node& value) const {
    if (value.IsScalar()) return value.Scalar();
    if (!value.IsSequence()) Refuse(name, path + " has no value");
    std::string text;
    for (const auto& item : value) {
      if (!item.IsScalar()) Refuse(name, path + " is no list of texts");
      text += (text.empty() ? "" : ",") + item.Scalar();
    }
    return text;
  }

  std::string file_;
};

}  // namespace

std::vector<Entry> ReadYamlFile(const std::filesystem::path& path) {
  try {
    const auto text = ReadFile(path, kFileBytesMax);
    if (!text) throw ConfigError("there is no configuration file " + path.string());
    Walk walk(path.string());
    walk.Section(YAML::Load(*text), "");
    return std::move(walk.entries);
  } catch (const YAML::Exception& error) {
    throw ConfigError(path.string() + ": " + error.what());
  } catch (const SyncError& error) {
    throw ConfigError(error.what());
  }
}

}  // namespace ankisync::config
