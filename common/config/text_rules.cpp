// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/text_rules.h"

#include <arpa/inet.h>

#include <charconv>

namespace ankisync::config {
namespace {

// 32 or 128; 0 for what is no address.
int AddressBits(const std::string& text) {
  unsigned char bytes[16];
  if (::inet_pton(AF_INET, text.c_str(), bytes) == 1) return 32;
  if (::inet_pton(AF_INET6, text.c_str(), bytes) == 1) return 128;
  return 0;
}

bool IsAddress(const std::string& text) { return AddressBits(text) > 0; }

bool IsNetwork(const std::string& text) {
  const auto slash = text.find('/');
  const int bits_max = AddressBits(text.substr(0, slash));
  if (bits_max == 0 || slash == std::string::npos) return bits_max > 0;
  int bits = -1;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, bits);
  return error == std::errc() && stopped == end && bits >= 0 && bits <= bits_max;
}

bool IsBasePath(const std::string& text) {
  if (text.empty()) return true;
  return text.front() == '/' && text.back() != '/' &&
         text.find_first_of(" ?#%\t\r\n") == std::string::npos &&
         text.find("//") == std::string::npos;
}

bool IsHeader(const std::string& text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

}  // namespace

constinit const TextRule kAddressRule = {"an address such as 0.0.0.0 or ::", IsAddress};
constinit const TextRule kBasePathRule = {"empty or a path such as /anki", IsBasePath};
constinit const TextRule kHeaderRule = {"the name of a header in lower case, or empty", IsHeader};
constinit const TextRule kNetworkRule = {"an address or a network such as 10.0.0.0/8", IsNetwork};

}  // namespace ankisync::config
