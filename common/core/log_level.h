// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

namespace ankisync {

// How much is logged and for whom: chosen in the configuration, obeyed by the log.
enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

}  // namespace ankisync
