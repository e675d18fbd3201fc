// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/config/settings.h"

// What a program prints about its configuration.
namespace ankisync::config {

// An ankisyncd.yaml with the values in effect and their sources. Accounts are comments, and their
// secrets are not there.
std::string PrintConfig(const Settings& settings);

std::string Help(Program program);
std::string ManPage(Program program, const std::string& version);  // for man
std::string Reference();                                           // every key, in Markdown
std::string Schema();  // of ankisyncd.yaml: JSON schema, draft 2020-12

}  // namespace ankisync::config
