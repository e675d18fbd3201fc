// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/load.h"

#include <algorithm>
#include <array>
#include <thread>

#include "common/config/environment.h"
#include "common/config/flags.h"
#include "common/config/nearest.h"
#include "common/config/official_variables.h"
#include "common/config/print.h"
#include "common/config/python_server.h"
#include "common/config/settings.h"

namespace ankisync {
namespace {

using namespace config;

constexpr char kFileVariable[] = "ANKISYNCD_CONFIG";

std::vector<Entry> ReadVariables(const Environment& environment) {
  std::vector<Entry> entries;
  for (const Key& key : Keys()) {
    if (auto found = environment.Find(VariableOf(key))) {
      entries.push_back({&key, std::move(found->text), std::move(found->origin)});
    }
  }
  return entries;
}

void RefuseUnknownVariables(const Environment& environment) {
  std::vector<std::string> names = {kFileVariable};
  for (const Key& key : Keys()) names.push_back(VariableOf(key));
  for (const std::string& name : environment.With("ANKISYNCD_")) {
    const std::string bare = name.ends_with("_FILE") ? name.substr(0, name.size() - 5) : name;
    if (std::ranges::find(names, bare) == names.end() && !IsVariableOfPythonServer(bare)) {
      throw ConfigError(name + ": unknown variable; did you mean " + Nearest(name, names) + "?");
    }
  }
}

// Somebody who says where the data is, or where we listen, has set us up as ourselves.
bool SaysWhere(const std::vector<Entry>& entries) {
  constexpr std::array<std::string_view, 3> kWhere = {"data", "host", "port"};
  return std::ranges::any_of(entries, [&](const Entry& entry) {
    return std::ranges::find(kWhere, entry.key->path) != kWhere.end();
  });
}

void Apply(const std::vector<Entry>& entries, Settings& settings) {
  for (const Entry& entry : entries) settings.Set(*entry.key, entry.text, entry.origin);
}

struct Sources {
  Environment environment;
  std::optional<std::string> file;
  std::optional<PythonServerKeys> python;  // of ankisyncd alone
  std::vector<Entry> in_file;
  std::vector<Entry> variables;
  std::vector<Entry> flags;
};

Sources Gather(const Launch& launch, Flags flags) {
  Sources sources{Environment(launch.environment), std::move(flags.file), {}, {}, {}, {}};
  RefuseUnknownVariables(sources.environment);
  if (!sources.file) {
    if (auto found = sources.environment.Find(kFileVariable)) sources.file = std::move(found->text);
  }
  const bool is_python = sources.file && PythonServerKeys::IsConfigFile(*sources.file);
  if (launch.program == Program::kAnkisyncd && (is_python || !sources.file))
    sources.python.emplace(sources.environment, sources.file);
  if (sources.file && !is_python) sources.in_file = ReadYamlFile(*sources.file);
  sources.variables = ReadVariables(sources.environment);
  sources.flags = std::move(flags.entries);
  return sources;
}

bool ServesLikeTheOfficialServer(const Launch& launch, const Sources& sources) {
  return launch.program == Program::kAnkisyncd && HasOfficialVariables(sources.environment) &&
         !sources.file && !(sources.python && sources.python->file()) &&
         !SaysWhere(sources.variables) && !SaysWhere(sources.flags);
}

std::string Reply(Wish wish, const Launch& launch) {
  switch (wish) {
    case Wish::kHelp:
      return Help(launch.program);
    case Wish::kVersion:
      return launch.version + "\n";
    case Wish::kPrintReference:
      return Reference();
    case Wish::kPrintSchema:
      return Schema();
    case Wish::kPrintMan:
      return ManPage(launch.program, launch.version);
    case Wish::kServe:
    case Wish::kPrintConfig:
      break;
  }
  return {};
}

}  // namespace

Launch::Launch(Program started, std::string its_version, int argc, const char* const* argv,
               const char* const* variables)
    : program(started), version(std::move(its_version)) {
  if (argc > 1) arguments.assign(argv + 1, argv + argc);
  for (; *variables; ++variables) {
    const std::string variable = *variables;
    const auto equals = variable.find('=');
    if (equals != std::string::npos) {
      environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
  }
}

Loaded LoadConfig(const Launch& launch) {
  Flags flags = ReadFlags(launch.arguments);
  if (std::string reply = Reply(flags.wish, launch); !reply.empty()) {
    return {.config = {}, .warnings = {}, .answer = std::move(reply)};
  }
  const Wish wish = flags.wish;
  const Sources sources = Gather(launch, std::move(flags));

  Settings settings(DefaultsFor(launch.program));
  if (ServesLikeTheOfficialServer(launch, sources)) {
    TakeOfficialDefaults(sources.environment, settings);
  }
  std::vector<std::string> warnings;
  if (sources.python) warnings = sources.python->Apply(settings);
  Apply(sources.in_file, settings);
  const auto more = ApplyOfficialVariables(sources.environment, settings);
  warnings.insert(warnings.end(), more.begin(), more.end());
  Apply(sources.variables, settings);
  Apply(sources.flags, settings);
  CheckTogether(settings);
  if (!settings.IsDefault(*FindKey("proxy.address_header")) &&
      !settings.config.proxy.address_header.empty() && settings.config.proxy.trusted.empty()) {
    warnings.push_back(settings.OriginOf(*FindKey("proxy.address_header")) +
                       " names a header that nobody is believed: proxy.trusted has no proxy");
  }
  if (settings.config.threads.work == 0) {
    settings.config.threads.work = std::max(4U, std::thread::hardware_concurrency());
  }

  Loaded loaded{settings.config, std::move(warnings), {}};
  if (wish == Wish::kPrintConfig) loaded.answer = PrintConfig(settings);
  return loaded;
}

Loaded LoadConfigOfServers(const std::string& file, const char* const* environment) {
  Launch launch(Program::kAnkisyncd, "", 0, nullptr, environment);
  if (!file.empty()) launch.arguments = {"--config", file};
  return LoadConfig(launch);
}

}  // namespace ankisync
