// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/curl_library.h"

#include <dlfcn.h>

#include <string>

#include "common/core/error.h"

namespace ankisync::sync {
namespace {

template <typename Function>
void Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (!function) throw SyncError(ErrorKind::kInternal, std::string("libcurl has no ") + name);
}

}  // namespace

CurlLibrary::CurlLibrary() {
  void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) throw SyncError(ErrorKind::kInternal, std::string("libcurl: ") + ::dlerror());
  Find(library, "curl_global_init", global_init);
  Find(library, "curl_easy_init", easy_init);
  Find(library, "curl_easy_setopt", easy_setopt);
  Find(library, "curl_easy_perform", easy_perform);
  Find(library, "curl_easy_getinfo", easy_getinfo);
  Find(library, "curl_easy_strerror", easy_strerror);
  Find(library, "curl_easy_cleanup", easy_cleanup);
  Find(library, "curl_slist_append", slist_append);
  Find(library, "curl_slist_free_all", slist_free_all);
  const CURLcode code = global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw SyncError(ErrorKind::kInternal, easy_strerror(code));
}

const CurlLibrary& CurlLibrary::Loaded() {
  static const CurlLibrary library;
  return library;
}

}  // namespace ankisync::sync
