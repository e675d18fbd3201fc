// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/login_relay.h"

#include <memory>
#include <span>
#include <string_view>

#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/byte_stream.h"
#include "common/core/error.h"
#include "services/sync/curl_library.h"

namespace ankisync::sync {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;

[[noreturn]] void GiveUp(const CellMap::Cell& cell, const std::string& why) {
  throw SyncError(ErrorKind::kUnavailable, "login at cell " + cell.name + ": " + why);
}

std::string HeaderOf(const PassedLogin& login) {
  std::string header = "anki-sync: ";
  json::Writer(header)
      .StartObject()
      .Key("v")
      .Int(11)
      .Key("k")
      .Text("")
      .Key("c")
      .Text(login.client)
      .Key("s")
      .Text("")
      .EndObject();
  return header;
}

std::string BodyOf(const PassedLogin& login) {
  std::string body;
  json::Writer(body)
      .StartObject()
      .Key("u")
      .Text(login.user)
      .Key("p")
      .Text(login.password)
      .Key("from")
      .Text(login.from)
      .EndObject();
  return ZstdCompress(body);
}

std::string KeyIn(std::string compressed) {
  ZstdDecompressor decompressor(std::make_unique<StringSource>(std::move(compressed)),
                                kAnswerBytesMax);
  const auto document = json::Document::Parse(ReadAll(decompressor, kAnswerBytesMax));
  return std::string(json::Require(json::ReadText(json::RequireMember(
                                       json::RequireObject(document.root(), "the answer"), "key")),
                                   "key"));
}

extern "C" {
// Less than `count` taken ends the transfer.
std::size_t TakeBytes(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& answer = *static_cast<std::string*>(into);
  if (answer.size() + size * count > kAnswerBytesMax) return 0;
  answer.append(bytes, size * count);
  return size * count;
}
}

struct Answer {
  long status = 0;
  std::string body;
};

Answer Post(const std::string& url, std::span<const std::string> headers, const std::string& body,
            const LoginRelay::Bounds& bounds, const CellMap::Cell& to) {
  const CurlLibrary& library = CurlLibrary::Loaded();
  const std::unique_ptr<CURL, decltype(library.easy_cleanup)> curl(library.easy_init(),
                                                                   library.easy_cleanup);
  curl_slist* list = nullptr;
  for (const std::string& header : headers) list = library.slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, decltype(library.slist_free_all)> lines(list,
                                                                            library.slist_free_all);
  if (!curl || !lines) GiveUp(to, "out of memory");
  Answer answer;
  const auto set = [&](CURLoption option, auto value) {
    if (library.easy_setopt(curl.get(), option, value) != CURLE_OK) GiveUp(to, "curl says no");
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROXY, "");  // no variable sends passwords elsewhere
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(bounds.connect.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(bounds.whole.count()));
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_POSTFIELDS, body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(CURLOPT_WRITEFUNCTION, &TakeBytes);
  set(CURLOPT_WRITEDATA, &answer.body);
  const CURLcode code = library.easy_perform(curl.get());
  if (code != CURLE_OK) GiveUp(to, library.easy_strerror(code));
  library.easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace

LoginRelay::LoginRelay(const Bounds& bounds) : bounds_(bounds) { CurlLibrary::Loaded(); }

std::string LoginRelay::Pass(const PassedLogin& login, const CellMap::Cell& to) {
  const struct Turn {
    explicit Turn(std::atomic<int>& count) : under_way(count), number(++under_way) {}
    ~Turn() { --under_way; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    std::atomic<int>& under_way;
    int number;
  } turn(under_way_);
  if (turn.number > bounds_.at_once_max) GiveUp(to, "too many are waiting for an answer");
  const std::string headers[] = {HeaderOf(login), "content-type: application/octet-stream",
                                 "x-forwarded-for: " + login.remote_address};
  Answer answer = Post(to.internal + "sync/hostKey", headers, BodyOf(login), bounds_, to);
  if (answer.status == 403)
    throw SyncError(ErrorKind::kWrongCredentials, "refused by cell " + to.name);
  if (answer.status != 200) GiveUp(to, "answered " + std::to_string(answer.status));
  try {
    return KeyIn(std::move(answer.body));
  } catch (const SyncError& error) {
    GiveUp(to, error.what());
  }
}

}  // namespace ankisync::sync
