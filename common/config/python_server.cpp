// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/python_server.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace ankisync::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "ANKISYNCD_";
constexpr char kSection[] = "sync_app";

struct Gone {
  std::string_view key;
  std::string_view instead;
};

// Code of others cannot be loaded into this program, and no cloud is asked for passwords.
constexpr Gone kGone[] = {
    {"session_manager", "devices are kept in session.db"},
    {"user_manager", "accounts are those of ankisyncctl"},
    {"full_sync_manager", "there is one"},
    {"collection_wrapper", "there is one"},
    {"cognito_user_pool_id", "accounts are those of ankisyncctl"},
    {"cognito_client_id", "accounts are those of ankisyncctl"},
    {"cognito_client_secret", "accounts are those of ankisyncctl"},
    {"cognito_region", "accounts are those of ankisyncctl"},
    {"provision_api_key", "accounts are those of ankisyncctl"},
};

// Beyond `host` and `port`, which are ours too.
constexpr std::array<std::string_view, 5> kOwn = {"data_root", "base_url", "base_media_url",
                                                  "auth_db_path", "session_db_path"};

std::string VariableOfKey(std::string_view key) {
  std::string name(kPrefix);
  for (const char c : key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::vector<std::string> UsualPlaces(const Environment& environment) {
  std::vector<std::string> places = {"/etc/ankisyncd/ankisyncd.conf"};
  if (const auto xdg = environment.Find("XDG_CONFIG_HOME")) {
    places.push_back(xdg->text + "/ankisyncd/ankisyncd.conf");
  } else if (const auto home = environment.Find("HOME")) {
    places.push_back(home->text + "/.config/ankisyncd/ankisyncd.conf");
  }
  return places;
}

// "/anki/sync/" → "/anki"; nothing for what has no /sync/ at its end.
std::optional<std::string> PrefixOf(std::string url, const std::string& last) {
  if (!url.ends_with('/')) url += '/';
  if (!url.starts_with('/')) url = '/' + url;
  if (!url.ends_with(last)) return std::nullopt;
  return url.substr(0, url.size() - last.size());
}

}  // namespace

bool IsVariableOfPythonServer(std::string_view name) {
  const auto is_named = [&](std::string_view key) { return name == VariableOfKey(key); };
  return std::ranges::any_of(kOwn, is_named) || std::ranges::any_of(kGone, is_named, &Gone::key);
}

bool PythonServerKeys::IsConfigFile(const std::string& file) {
  return file.ends_with(".conf") || file.ends_with(".ini");
}

PythonServerKeys::PythonServerKeys(const Environment& environment,
                                   const std::optional<std::string>& file) {
  const auto places = file ? std::vector{*file} : UsualPlaces(environment);
  for (const std::string& place : places) {
    auto section = ReadIniSection(place, kSection);
    if (!section) continue;
    file_ = place;
    values_ = *std::move(section);
    break;
  }
  if (file && !file_)
    throw ConfigError(*file + ": there is no such file, or no section [sync_app] in it");
  const auto take = [&](std::string_view key) {
    if (auto found = environment.Find(VariableOfKey(key)))
      values_[std::string(key)] = {std::move(found->text), std::move(found->origin)};
  };
  std::ranges::for_each(kOwn, take);
  for (const Gone& gone : kGone) take(gone.key);
}

std::vector<std::string> PythonServerKeys::Apply(Settings& settings) const {
  std::vector<std::string> warnings;
  Config::PythonServer server;
  for (const auto& [key, value] : values_) {
    const std::string named = key + " (" + value.origin + ")";
    const auto gone = std::ranges::find(kGone, key, &Gone::key);
    const bool is_url = key == "base_url" || key == "base_media_url";
    if (gone != std::end(kGone)) {
      if (!value.text.empty())
        warnings.push_back(named + " is gone: " + std::string(gone->instead));
    } else if (value.text.empty()) {
      if (key == "auth_db_path")
        warnings.push_back(named + " is empty: that server let everybody in, this one does not");
    } else if (key == "host" || key == "port") {
      settings.Set(key, value.text, value.origin);
    } else if (is_url) {
      const auto prefix = PrefixOf(value.text, key == "base_url" ? "/sync/" : "/msync/");
      if (prefix) {
        settings.Set("base_path", *prefix, value.origin);
      } else {
        warnings.push_back(named + " is ignored: addresses end in /sync/ and /msync/");
      }
    } else if (key == "data_root") {
      server.data_root = value.text;
      const fs::path root = fs::path(value.text).lexically_normal();
      settings.Set(
          "data",
          ((root.has_filename() ? root : root.parent_path()).parent_path() / "ankisyncd").string(),
          value.origin);
    } else if (key == "auth_db_path") {
      server.auth_db = value.text;
    } else if (key == "session_db_path") {
      server.session_db = value.text;
    } else {
      warnings.push_back(named + " is ignored: this server has no such key");
    }
  }
  if (!server.data_root.empty()) {
    warnings.push_back("the Python server's users in " + server.data_root.string() +
                       " are taken over by ankisyncd when it starts; by separate services with: "
                       "ankisyncctl import ankisyncd");
    settings.config.python_server = server;
  }
  return warnings;
}

}  // namespace ankisync::config
