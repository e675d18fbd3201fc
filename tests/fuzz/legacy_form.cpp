// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/legacy_form.h"

#include "common/core/error.h"
#include "common/protocol/legacy_form_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace ankisync;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  protocol::FuzzLegacyForm(text);
  for (const auto read : {+[](std::string_view query) { protocol::ReadLegacyQuery(query); },
                          +[](std::string_view type) { protocol::FormBoundary(type); }}) {
    try {
      read(text);
    } catch (const SyncError& error) {
      if (error.kind() != ErrorKind::kMalformedRequest) throw;
    }
  }
  return 0;
}
