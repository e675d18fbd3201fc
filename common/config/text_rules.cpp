// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/text_rules.h"

#include "common/core/ip_address.h"

namespace ankisync::config {
namespace {

bool IsAddress(const std::string& text) { return IpAddress::Parse(text).has_value(); }

bool IsNetwork(const std::string& text) { return IpNetwork::Parse(text).has_value(); }

bool IsCellName(const std::string& text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == text.npos;
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
constinit const TextRule kCellNameRule = {"empty or a name of letters, digits and dashes",
                                          IsCellName};
constinit const TextRule kBasePathRule = {"empty or a path such as /anki", IsBasePath};
constinit const TextRule kFileRule = {"empty or a file", [](const std::string&) { return true; }};
constinit const TextRule kHeaderRule = {"the name of a header in lower case, or empty", IsHeader};
constinit const TextRule kNetworkRule = {"an address or a network such as 10.0.0.0/8", IsNetwork};

}  // namespace ankisync::config
