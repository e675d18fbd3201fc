// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/user_name.h"

#include <utf8proc.h>

#include <string>

#include "common/core/error.h"

namespace ankisync {
namespace {

const char* ObjectionTo(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kUserNameBytesMax) return "is too long";
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(name.data());
  const auto* const end = at + name.size();
  while (at < end) {
    utf8proc_int32_t code_point;
    const auto bytes = ::utf8proc_iterate(at, end - at, &code_point);
    if (bytes < 1) return "is not UTF-8";
    if (::utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC) return "has a control character";
    at += bytes;
  }
  return nullptr;
}

}  // namespace

void CheckUserName(std::string_view name) {
  if (const char* objection = ObjectionTo(name))
    throw SyncError(ErrorKind::kMalformedRequest, std::string("the user name ") + objection);
}

}  // namespace ankisync
