// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/accounts/login_throttle.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/core/ip_address.h"

namespace ankisync {
namespace {

// One machine has as many addresses of a /64 as it likes.
std::string Network(std::string_view address) {
  const auto parsed = IpAddress::Parse(address);
  if (!parsed) return std::string(address);
  const auto bytes = parsed->is_v4() ? parsed->bytes.size() : parsed->bytes.size() / 2;
  return {reinterpret_cast<const char*>(parsed->bytes.data()), bytes};
}

}  // namespace

LoginThrottle::Attempt::Attempt(std::string_view name, std::string_view client_address,
                                bool address_is_shared)
    : account(Sha256("account " + std::string(name))),
      address_on_account(Sha256(Network(client_address) + " on " + std::string(name))) {
  if (!address_is_shared) address = Sha256("address " + Network(client_address));
}

LoginThrottle::Millis LoginThrottle::TakeTurn(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  const Time now = clock_.Steady();
  std::vector<Spent*> waits_for;
  if (FindEntirelySpent(attempt.address_on_account, now))
    waits_for.push_back(FindEntirelySpent(attempt.account, now));
  if (attempt.address) waits_for.push_back(FindEntirelySpent(*attempt.address, now));
  std::erase(waits_for, nullptr);

  Time turn = now;
  for (const Spent* spent : waits_for) {
    const Millis all_but_one = (spent->budget->failures - 1) * spent->budget->grows_back;
    turn = std::max({turn, spent->whole_again - all_but_one, spent->next_turn});
  }
  if (turn - now > settings_.wait_max) throw LoginThrottled();
  for (Spent* spent : waits_for) spent->next_turn = turn + spent->budget->grows_back;
  return std::chrono::ceil<Millis>(turn - now);
}

void LoginThrottle::Failed(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  const Time now = clock_.Steady();
  Spend(attempt.account, settings_.account, now);
  Spend(attempt.address_on_account, settings_.address_on_account, now);
  if (attempt.address) Spend(*attempt.address, settings_.address, now);
}

void LoginThrottle::Succeeded(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  spent_.erase(attempt.address_on_account);
}

std::size_t LoginThrottle::size() const {
  const std::lock_guard lock(mutex_);
  return spent_.size();
}

LoginThrottle::Spent* LoginThrottle::FindEntirelySpent(const Sha256Digest& key, Time now) {
  const auto spent = spent_.find(key);
  return spent != spent_.end() && spent->second.entirely(now) ? &spent->second : nullptr;
}

void LoginThrottle::Spend(const Sha256Digest& key, const Budget& budget, Time now) {
  if (spent_.size() >= settings_.keys_max && !spent_.contains(key)) ForgetTheLesserHalf(now);
  Spent& spent = spent_.try_emplace(key, Spent{&budget, now, now}).first->second;
  // Never more than all of it: a storm is forgotten as soon as its last failures.
  spent.whole_again = std::min(std::max(spent.whole_again, now) + budget.grows_back,
                               now + budget.failures * budget.grows_back);
}

// A storm of new names leaves those that are being guessed.
void LoginThrottle::ForgetTheLesserHalf(Time now) {
  std::vector<double> parts;
  parts.reserve(spent_.size());
  for (const auto& [key, spent] : spent_) parts.push_back(spent.part(now));
  const auto middle = parts.begin() + static_cast<std::ptrdiff_t>(parts.size() / 2);
  std::nth_element(parts.begin(), middle, parts.end());
  std::erase_if(spent_, [&](const auto& entry) { return entry.second.part(now) <= *middle; });
}

}  // namespace ankisync
