// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/client_words.h"

namespace ankisync::doctor {
namespace {

constexpr char kNetworkError[] = "\"A network error occurred.\"";

}  // namespace

std::string WhatAnkiShows(const WebAnswer& answer) {
  if (answer.end == WebAnswer::End::kNoHost) return "\"Please check your internet connection.\"";
  if (answer.end == WebAnswer::End::kSilence)
    return "after half a minute or a minute, that the connection timed out.";
  if (!answer.is_whole()) return std::string(kNetworkError) + " and technical words.";
  switch (answer.status) {
    case 400:
      return "\"Please use the Check Database function, then sync again\", which does not help.";
    case 403:
      return "that name or password are wrong, and Anki forgets the login.";
    case 409:
      return "\"Only one copy of Anki can sync to your account at once.\"";
    case 500:
    case 502:
    case 503:
    case 504:
      return "\"AnkiWeb encountered a problem. Please try again in a few minutes.\"";
    case 501:
      return "that Anki is too old.";
    default:
      break;
  }
  if (answer.status < 300 && !answer.Header("anki-original-size").empty())
    return std::string(kNetworkError) + " and the number 303.";
  if (answer.status >= 301 && answer.status <= 303) return kNetworkError;
  if (answer.status < 300 || answer.status == 307 || answer.status == 308)
    return std::string(kNetworkError) + " and \"missing original size\".";
  return std::string(kNetworkError) + " and the number " + std::to_string(answer.status) + ".";
}

}  // namespace ankisync::doctor
