// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/request_parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  ankisync::http::FuzzRequestParser({reinterpret_cast<const char*>(data), size});
  return 0;
}
