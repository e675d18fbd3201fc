// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string_view>

namespace ankisync::http {

// For a fuzzer's entry point: parses the bytes in one piece, byte by byte and in uneven pieces, and
// aborts the process when these do not agree, or when an event breaks what request_parser.h
// promises.
void FuzzRequestParser(std::string_view bytes);

}  // namespace ankisync::http
