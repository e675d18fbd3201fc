// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/print.h"
#include "common/config/sections.h"
#include "common/config/value.h"

namespace ankisync::config {
namespace {

constexpr char kHead[] =
    "| Key | Variable | Default | Values | Meaning |\n"
    "|---|---|---|---|---|\n";

std::string Code(const std::string& text) { return "`" + text + "`"; }

// ankisyncd's, and the services' where theirs differ.
std::string DefaultsOf(const Key& key) {
  const std::string here = JsonOf(key, DefaultsFor(Program::kAnkisyncd));
  const std::string sync = JsonOf(key, DefaultsFor(Program::kCollectionSync));
  const std::string media = JsonOf(key, DefaultsFor(Program::kMediaSync));
  std::string text = Code(here);
  if (sync != here) text += ", collection-sync " + Code(sync);
  if (media != here) text += ", media-sync " + Code(media);
  return text;
}

}  // namespace

std::string Reference() {
  std::string text;
  for (const Section& section : Sections()) {
    text += text.empty() ? "" : "\n";
    if (!section.name.empty()) text += "### " + section.name + "\n\n";
    text += kHead;
    for (const Key& key : section.keys) {
      text += "| " + Code(std::string(key.path)) + " | " + Code(VariableOf(key)) + " | " +
              DefaultsOf(key) + " | " + ValuesOf(key) + " | " + std::string(key.about) + " |\n";
    }
  }
  return text;
}

}  // namespace ankisync::config
