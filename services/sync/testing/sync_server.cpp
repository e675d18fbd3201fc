// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/testing/sync_server.h"

#include <memory>
#include <thread>
#include <utility>

#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/error.h"
#include "common/core/files.h"
#include "common/service/test_exchange.h"
#include "common/storage/collection/generations.h"
#include "common/storage/collection/schema.h"
#include "services/sync/testing/vectors.h"

namespace ankisync::sync {
namespace {

constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;

std::string TextOf(http::Answer& answer) {
  if (auto* text = std::get_if<std::string>(&answer.body)) return std::move(*text);
  return ReadAll(*std::get<std::unique_ptr<ByteSource>>(answer.body), kBytesMax);
}

std::optional<std::string> HeaderOf(const http::Answer& answer, std::string_view name) {
  for (const auto& [header, value] : answer.headers) {
    if (header == name) return value;
  }
  return std::nullopt;
}

}  // namespace

SyncServer::SyncServer(const Settings& settings)
    : volume_(folder_.path(), Volume::Create::kIfMissing),
      clock_(settings.now),
      service_(
          *work_, *logins_, [this](std::string_view hkey) { return Find(hkey); }, settings.limits,
          "", static_cast<service::Observer&>(*this)),
      collections_(volume_, clock_, settings.open,
                   [this](AccountId account) {
                     return service_.strands(protocol::Area::kCollection).Of(account);
                   }),
      methods_(collections_, clock_, LogIn,
               {.get = [](const auto&) { return MediaSeen(); },
                .is_at_hand = [](const auto&) { return true; }},
               settings.methods, static_cast<SyncObserver&>(*this)) {
  methods_.ServeOn(service_);
}

SyncServer::~SyncServer() {
  work_.reset();
  logins_.reset();
}

http::Answer SyncServer::Send(const std::string& method, const std::string& header,
                              std::string body) {
  http::RequestHead head;
  head.method = "POST";
  head.path = "/sync/" + method;
  head.headers.Add("anki-sync", header);
  return Send(head, std::move(body));
}

http::Answer SyncServer::Send(const http::RequestHead& head, std::string body) {
  return service::Ask(service_, head, std::move(body));
}

Answer SyncServer::Read(http::Answer answer) {
  std::string text = TextOf(answer);
  if (answer.status != 200) return {answer.status, std::move(text)};
  const auto size = HeaderOf(answer, "anki-original-size");
  if (!size) return {200, std::move(text)};
  ZstdDecompressor plain(std::make_unique<StringSource>(std::move(text)), kBytesMax);
  text = ReadAll(plain, kBytesMax);
  if (std::to_string(text.size()) != *size) throw std::runtime_error("a wrong original size");
  return {200, std::move(text)};
}

void SyncServer::Install(const std::string& user, const std::string& file) {
  Generations generations(volume_.UserFolder(user));
  WriteFileAtomically(generations.NewFile(), file);
  generations.SwitchToNewFile();
}

void SyncServer::Hold(const std::string& user, const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  holds_[user] = sentence;
}

void SyncServer::SetCollectionQuota(std::int64_t bytes_max) {
  const std::lock_guard lock(mutex_);
  quota_.collection_bytes_max = bytes_max;
}

std::shared_ptr<Strand> SyncServer::StrandOf(const std::string& user) {
  return service_.strands(protocol::Area::kCollection).Of(Find(user + "/1")->account);
}

void SyncServer::Settle(const std::string& user) {
  const auto strand = StrandOf(user);
  while (strand->waiting() > 0) std::this_thread::yield();
}

std::vector<std::string> SyncServer::Rows(const std::string& user, sqlite::Sql sql) const {
  sqlite::Connection db(FolderOf(user) / "collection.anki2", sqlite::OpenMode::kReadWrite);
  AddUnicase(db);
  std::vector<std::string> rows;
  sqlite::Cursor row = db.Query(sql);
  while (row.Next()) rows.push_back(Canonical(std::string(row.Text(0))));
  return rows;
}

std::filesystem::path SyncServer::FolderOf(const std::string& user) const {
  return volume_.UserFolder(user);
}

std::vector<SyncEvent> SyncServer::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::vector<OneWayReason> SyncServer::forced() const {
  const std::lock_guard lock(mutex_);
  return forced_;
}

std::vector<SanityField> SyncServer::differences() const {
  const std::lock_guard lock(mutex_);
  return differences_;
}

std::vector<std::string> SyncServer::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

void SyncServer::Ended(const service::RequestEvent& event) {
  if (!event.refused || event.is_logged) return;
  const std::lock_guard lock(mutex_);
  refusals_.push_back(event.error);
}

void SyncServer::Ended(const SyncEvent& event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(event);
}

void SyncServer::OneWayForced(OneWayReason reason) {
  const std::lock_guard lock(mutex_);
  forced_.push_back(reason);
}

void SyncServer::CountDiffers(SanityField field) {
  const std::lock_guard lock(mutex_);
  differences_.push_back(field);
}

std::optional<service::Caller> SyncServer::Find(std::string_view hkey) {
  const auto slash = hkey.find('/');
  if (slash == hkey.npos) return std::nullopt;
  const std::string user(hkey.substr(0, slash));
  const std::lock_guard lock(mutex_);
  const auto next = static_cast<AccountId>(accounts_.size() + 1);
  service::Caller caller{
      .account = accounts_.try_emplace(user, next).first->second,
      .device = static_cast<DeviceId>(std::stoi(std::string(hkey.substr(slash + 1)))),
      .user = user,
      .folder = user,
      .hold = std::nullopt,
      .quota = quota_};
  if (const auto hold = holds_.find(user); hold != holds_.end()) {
    caller.hold = service::Hold{hold->second};
  }
  return caller;
}

std::string SyncServer::LogIn(const Credentials& credentials) {
  if (credentials.user != "u" || credentials.password != "p") {
    throw SyncError(ErrorKind::kWrongCredentials, "wrong user or password");
  }
  return credentials.user + "/1";
}

Answer Device::Call(const std::string& method, const std::string& json) {
  return SyncServer::Read(Send(method, ZstdCompress(json)));
}

http::Answer Device::Send(const std::string& method, std::string body) {
  std::string header;
  json::Writer(header)
      .StartObject()
      .Key("v")
      .Int(version)
      .Key("k")
      .Text(hkey_)
      .Key("c")
      .Text("test")
      .Key("s")
      .Text(skey)
      .EndObject();
  return server_->Send(method, header, std::move(body));
}

Answer Device::Start(int min_usn, bool is_newer) {
  return Call("start", "{\"minUsn\":" + std::to_string(min_usn) +
                           ",\"lnewer\":" + (is_newer ? "true" : "false") + ",\"graves\":null}");
}

}  // namespace ankisync::sync
