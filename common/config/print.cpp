// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/print.h"

#include "common/config/sections.h"
#include "common/config/value.h"
#include "common/core/roff.h"

namespace ankisync::config {
namespace {

constexpr std::size_t kCommentColumn = 44;

constexpr char kSynopsis[] = " [healthcheck [readyz|livez]] [--config FILE] [--KEY VALUE …]";

constexpr char kIntroduction[] =
    "A sync server for Anki. It needs no configuration: accounts are added while it runs, with\n"
    "ankisyncctl --data FOLDER user add NAME.\n"
    "\n"
    "With healthcheck, asks the ops port of the server that runs with the same settings whether "
    "it\n"
    "is ready, or alive; exit status 0: it is.\n"
    "\n"
    "Values come from defaults, the file, the official server's variables (SYNC_USER1, SYNC_BASE,\n"
    "SYNC_HOST, SYNC_PORT, MAX_SYNC_PAYLOAD_MEGS, PASSWORDS_HASHED, SYNC_IP_HEADER), "
    "ANKISYNCD_KEY\n"
    "variables (ANKISYNCD_LIMITS_SESSION_IDLE=5m), and flags; the last wins. Each variable may be\n"
    "given as a file: NAME_FILE=/run/secrets/name.\n";

struct OwnFlag {
  std::string_view flag;
  std::string_view about;
};

constexpr OwnFlag kOwnFlags[] = {
    {"--config FILE",
     "ankisyncd.yaml, or ankisyncd.conf of a Python server; also ANKISYNCD_CONFIG."},
    {"--print-config", "Shows the values in effect with their sources, and ends."},
    {"--print-config-reference", "Shows all keys in Markdown, and ends."},
    {"--print-config-schema", "Shows a JSON schema of the file, and ends."},
    {"--print-man", "Shows the manual's page, and ends."},
    {"--version", "Shows the version, and ends."},
    {"--help", "Shows this, and ends."},
};

std::string NameOf(Program program) {
  switch (program) {
    case Program::kCollectionSync:
      return "collection-sync";
    case Program::kMediaSync:
      return "media-sync";
    case Program::kAnkisyncd:
      break;
  }
  return "ankisyncd";
}

std::string WithComment(std::string line, const std::string& comment) {
  line.append(line.size() < kCommentColumn ? kCommentColumn - line.size() : 1, ' ');
  return line + "# " + comment + "\n";
}

}  // namespace

std::string PrintConfig(const Settings& settings) {
  std::string text;
  for (const Section& section : Sections()) {
    if (!section.name.empty()) text += section.name + ":\n";
    for (const Key& key : section.keys) {
      std::string line = section.name.empty() ? "" : "  ";
      line.append(NameOf(key)).append(": ").append(JsonOf(key, settings.config));
      text += WithComment(std::move(line), settings.OriginOf(key));
    }
  }
  const Config& config = settings.config;
  for (const Config::Account& account : config.accounts) {
    const char* const secret =
        config.passwords_hashed ? " password hash ********" : " password ********";
    text += WithComment("# account " + JsonText(account.name) + secret, account.variable);
  }
  return text;
}

std::string Help(Program program) {
  std::string text = "Usage: " + NameOf(program) + kSynopsis + "\n\n" + kIntroduction + "\n";
  const auto add = [&text](std::string_view flag, std::string_view about) {
    text.append("  ").append(flag).append("\n      ").append(about).append("\n");
  };
  for (const auto& [flag, about] : kOwnFlags) add(flag, about);
  text += "\nKeys, with their defaults:\n";
  const Config defaults = DefaultsFor(program);
  for (const Key& key : Keys()) add(FlagOf(key) + " " + JsonOf(key, defaults), key.about);
  return text;
}

std::string ManPage(Program program, const std::string& version) {
  const std::string name = NameOf(program);
  std::string text = ".TH " + name + " 1 \"\" \"" + name + " " + version + "\"\n.SH NAME\n" +
                     Roff(name + " - a sync server for Anki") + "\n.SH SYNOPSIS\n" +
                     Roff(name + kSynopsis) + "\n.SH DESCRIPTION\n" + Roff(kIntroduction) +
                     ".SH OPTIONS\n";
  const auto add = [&text](std::string_view flag, std::string_view about) {
    text += ".TP\n.B " + Roff(flag) + "\n" + Roff(about) + "\n";
  };
  for (const auto& [flag, about] : kOwnFlags) add(flag, about);
  const Config defaults = DefaultsFor(program);
  for (const Key& key : Keys())
    add(FlagOf(key), std::string(key.about) + " Default: " + JsonOf(key, defaults) + ".");
  return text +
         ".SH EXIT STATUS\n0 after SIGTERM or SIGINT; 1 for what it was told to do and cannot; 2 "
         "for "
         "a configuration that nobody can have meant.\n"
         ".SH SIGNALS\nSIGUSR1 switches lines for debugging on and off.\n";
}

}  // namespace ankisync::config
