// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

#include "common/storage/moving/export_official.h"
#include "common/storage/moving/move_in.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/open_accounts.h"

// What the imports and the exports have in common.
namespace ankisync::ctl {

inline constexpr int kDiskThreads = 8;  // for fsyncs side by side

struct ImportOptions {
  bool is_dry_run = false;
  SourceFiles source = SourceFiles::kStay;
};

// Imports, and says what became of each user. Errors: kInconsistentData when any could not be.
void Import(Context& context, OpenAccounts& open, const ForeignServer& server,
            const ImportOptions& options);

void ReportExport(Context& context, const std::string& user, const Exported& exported);

}  // namespace ankisync::ctl
