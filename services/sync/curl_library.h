// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <curl/curl.h>

namespace ankisync::sync {

// libcurl, loaded by whoever needs it: with the twenty libraries that it stands on it would cost
// every server 4 MB and a third of its start, and only cells ask other cells.
// Errors: kInternal when it is not installed. Threads: any.
class CurlLibrary {
 public:
  static const CurlLibrary& Loaded();  // stays for the life of the process

  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;

 private:
  CurlLibrary();
};

}  // namespace ankisync::sync
