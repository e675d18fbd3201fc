// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/print.h"

#include "common/config/sections.h"
#include "common/config/value.h"

namespace ankisync::config {
namespace {

constexpr std::size_t kCommentColumn = 44;

constexpr char kUsage[] =
    " [--config FILE] [--KEY VALUE …]\n"
    "\n"
    "A sync server for Anki. It needs no configuration: accounts are added while it runs, with\n"
    "ankisyncctl --data FOLDER user add NAME.\n"
    "\n"
    "Values come from defaults, the file, the official server's variables "
    "(SYNC_USER1=name:password\n"
    "…, SYNC_BASE, SYNC_HOST, SYNC_PORT, MAX_SYNC_PAYLOAD_MEGS, PASSWORDS_HASHED, "
    "SYNC_IP_HEADER),\n"
    "ANKISYNCD_KEY variables (ANKISYNCD_LIMITS_SESSION_IDLE=5m), and flags; the last wins. Each\n"
    "variable may be given as a file: NAME_FILE=/run/secrets/name.\n"
    "\n"
    "  --config FILE\n"
    "      ankisyncd.yaml, or ankisyncd.conf of a Python server; also ANKISYNCD_CONFIG.\n"
    "  --print-config\n"
    "      Shows the values in effect with their sources, and ends.\n"
    "  --print-config-reference, --print-config-schema\n"
    "      Shows all keys in Markdown, or as a JSON schema of the file, and ends.\n"
    "  --help, --version\n"
    "\n"
    "Keys, with their defaults:\n";

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
  std::string text = "Usage: " + NameOf(program) + kUsage;
  const Config defaults = DefaultsFor(program);
  for (const Key& key : Keys()) {
    text += "  " + FlagOf(key) + " " + JsonOf(key, defaults) + "\n      ";
    text.append(key.about).append("\n");
  }
  return text;
}

}  // namespace ankisync::config
