// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/config/official_variables.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/config/value.h"

namespace ankisync::config {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kMegsMax = 1'000'000;

struct Namesake {
  const char* variable;
  std::string_view path;
};

constexpr Namesake kNamesakes[] = {
    {"SYNC_BASE", "data"}, {"SYNC_HOST", "host"}, {"SYNC_PORT", "port"}};

struct AddressHeader {
  std::string_view official;
  std::string_view header;
};

constexpr AddressHeader kAddressHeaders[] = {
    {"ConnectInfo", ""},
    {"RightmostXForwardedFor", "x-forwarded-for"},
    {"RightmostForwarded", "forwarded"},
    {"XRealIp", "x-real-ip"},
    {"CfConnectingIp", "cf-connecting-ip"},
    {"TrueClientIp", "true-client-ip"},
    {"FlyClientIp", "fly-client-ip"},
    {"CloudFrontViewerAddress", "cloudfront-viewer-address"},
};

std::string UserVariable(std::size_t number) { return "SYNC_USER" + std::to_string(number); }

void ApplyPayload(const Found& megs, Settings& settings) {
  std::uint64_t number = 0;
  const char* const end = megs.text.data() + megs.text.size();
  const auto [stopped, error] = std::from_chars(megs.text.data(), end, number);
  if (error != std::errc() || stopped != end || number == 0 || number > kMegsMax) {
    throw ConfigError(megs.origin + " is no number of MiB from 1 to " + std::to_string(kMegsMax));
  }
  // What is compressed may grow to three times the number; only forms are measured as sent.
  const std::uint64_t form = number * kMiB;
  const std::uint64_t decompressed = 3 * form;
  const auto set = [&](std::string_view path, std::uint64_t bytes) {
    settings.Set(path, std::to_string(bytes), megs.origin);
  };
  set("limits.legacy_form_bytes", form);
  set("limits.collection_bytes", decompressed);
  set("limits.media_batch_bytes", decompressed);
  // A JSON text needs memory: the number may lower its bound, not raise it.
  set("limits.json_bytes", std::min(settings.config.limits.json_bytes, decompressed));
  if (settings.IsDefault(*FindKey("limits.spool_bytes"))) {
    set("limits.spool_bytes", std::max(settings.config.limits.spool_bytes, decompressed));
  }
}

void ApplyAddressHeader(const Found& name, Settings& settings) {
  const auto known = std::ranges::find(kAddressHeaders, name.text, &AddressHeader::official);
  if (known == std::end(kAddressHeaders)) {
    std::string names;
    for (const AddressHeader& header : kAddressHeaders) names.append(" ").append(header.official);
    throw ConfigError(name.origin + " is none of" + names);
  }
  settings.Set("proxy.address_header", known->header, name.origin);
}

Config::Account AccountOf(const Found& user, bool hashed) {
  const auto colon = user.text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == user.text.size()) {
    throw ConfigError(user.origin + " is not of the form name:password");
  }
  Config::Account account{user.text.substr(0, colon), user.text.substr(colon + 1), user.origin};
  // Compose files and shells take a $ for a variable of their own and leave a hash without them.
  if (hashed && !account.secret.starts_with('$')) {
    throw ConfigError(user.origin +
                      " has no password hash behind its colon, though PASSWORDS_HASHED is set: a "
                      "hash begins with $, which compose files want written as $$");
  }
  return account;
}

// The official server stops at the first number that is missing, and says nothing.
std::vector<std::string> IgnoredUsers(const Environment& environment, std::size_t users) {
  std::vector<std::string> warnings;
  for (const std::string& name : environment.With("SYNC_USER")) {
    std::size_t number = 0;
    const char* const end = name.data() + name.size();
    const auto parsed =
        std::from_chars(name.data() + std::string_view("SYNC_USER").size(), end, number);
    const bool is_user =
        parsed.ec == std::errc() && (parsed.ptr == end || std::string_view(parsed.ptr) == "_FILE");
    if (is_user && number > users + 1) {
      warnings.push_back(name + " is ignored: there is no " + UserVariable(users + 1));
    }
  }
  return warnings;
}

}  // namespace

bool HasOfficialVariables(const Environment& environment) {
  constexpr std::array kVariables = {"SYNC_USER1", "SYNC_BASE", "SYNC_HOST", "SYNC_PORT",
                                     "MAX_SYNC_PAYLOAD_MEGS"};
  return std::ranges::any_of(
      kVariables, [&](const char* variable) { return environment.Find(variable).has_value(); });
}

void TakeOfficialDefaults(const Environment& environment, Settings& settings) {
  settings.Set("port", "8080", "official default");
  if (environment.Find("SYNC_BASE")) return;
  const auto home = environment.Find("HOME");
  if (!home) throw ConfigError("SYNC_BASE is not set, and without HOME there is no ~/.syncserver");
  settings.Set("data", home->text + "/.syncserver", "official default");
}

bool HasHashedPasswords(const Environment& environment) {
  return environment.Has("PASSWORDS_HASHED");
}

std::vector<Config::Account> OfficialAccounts(const Environment& environment) {
  std::vector<Config::Account> accounts;
  for (std::size_t number = 1;; ++number) {
    const auto user = environment.Find(UserVariable(number));
    if (!user) return accounts;
    Config::Account account = AccountOf(*user, HasHashedPasswords(environment));
    const auto same = std::ranges::find(accounts, account.name, &Config::Account::name);
    if (same != accounts.end()) {
      throw ConfigError(same->variable + " and " + account.variable + " name the same user");
    }
    accounts.push_back(std::move(account));
  }
}

std::vector<std::string> ApplyOfficialVariables(const Environment& environment,
                                                Settings& settings) {
  for (const Namesake& same : kNamesakes) {
    if (const auto found = environment.Find(same.variable)) {
      settings.Set(same.path, found->text, found->origin);
    }
  }
  if (const auto megs = environment.Find("MAX_SYNC_PAYLOAD_MEGS")) ApplyPayload(*megs, settings);
  if (const auto name = environment.Find("SYNC_IP_HEADER")) ApplyAddressHeader(*name, settings);
  settings.config.passwords_hashed = HasHashedPasswords(environment);
  settings.config.accounts = OfficialAccounts(environment);
  return IgnoredUsers(environment, settings.config.accounts.size());
}

}  // namespace ankisync::config
