// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>

// For tests alone: what SQLite has done, in steps of its machine. Unlike time it is the same on a
// busy machine.
namespace ankisync::sqlite {

inline std::atomic<std::int64_t> test_steps = 0;

inline int CountTestSteps(unsigned, void*, void* statement, void*) {
  test_steps += ::sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement),
                                      SQLITE_STMTSTATUS_VM_STEP, /*resetFlg=*/1);
  return 0;
}

inline int BeginToCountTestSteps(sqlite3* db, char**, const sqlite3_api_routines*) {
  return ::sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, CountTestSteps, nullptr);
}

// On all connections that were opened after the first call.
inline std::int64_t TestSteps() {
  static const int registered =
      ::sqlite3_auto_extension(reinterpret_cast<void (*)()>(BeginToCountTestSteps));
  static_cast<void>(registered);
  return test_steps;
}

}  // namespace ankisync::sqlite
