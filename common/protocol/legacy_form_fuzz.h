// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string_view>

namespace ankisync::protocol {

// For a fuzzer's entry point: reads the bytes as a form whose boundary is "b", in one piece and in
// uneven pieces, and aborts the process when these do not agree or the data is not where it is said
// to be.
void FuzzLegacyForm(std::string_view bytes);

}  // namespace ankisync::protocol
