// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/methods/testing/media_server.h"

#include <gtest/gtest.h>

#include "common/codec/crc32.h"
#include "common/codec/json_read.h"
#include "common/codec/json_writer.h"
#include "common/codec/stored_zip.h"
#include "common/codec/zip_format.h"
#include "common/codec/zstd_stream.h"
#include "common/service/test_exchange.h"

namespace ankisync::media::testing {
namespace {

constexpr std::uint64_t kAnything = std::uint64_t{1} << 30;

Answer Decoded(http::Answer answer) {
  Answer decoded;
  decoded.status = answer.status;
  if (auto* source = std::get_if<std::unique_ptr<ByteSource>>(&answer.body)) {
    decoded.body = ReadAll(**source, kAnything);
  } else {
    decoded.body = std::get<std::string>(answer.body);
  }
  for (const auto& [name, value] : answer.headers) {
    if (name != "anki-original-size") continue;
    decoded.original_size = std::stoull(value);
    ZstdDecompressor plain(std::make_unique<StringSource>(std::move(decoded.body)), kAnything);
    decoded.body = ReadAll(plain, kAnything);
  }
  return decoded;
}

std::string NamesJson(const std::vector<std::string>& names) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("files").StartArray();
  for (const std::string& name : names) out.Text(name);
  out.EndArray().EndObject();
  return text;
}

std::optional<service::Caller> CallerOf(std::string_view hkey) {
  const auto dot = hkey.find('.');
  if (hkey.empty() || hkey == "unknown") return std::nullopt;
  service::Caller caller;
  caller.user = dot == std::string_view::npos ? "u" : hkey.substr(0, dot);
  caller.folder = caller.user;
  caller.account = AccountId{static_cast<std::int64_t>(std::hash<std::string>()(caller.user))};
  caller.device = DeviceId{static_cast<std::int64_t>(std::hash<std::string_view>()(hkey))};
  return caller;
}

}  // namespace

std::string ZipOf(const std::vector<ZipEntry>& entries) {
  std::vector<StoredZip::Member> members;
  for (const auto& [name, content] : entries) {
    members.push_back({name, content.size(), Crc32(content),
                       [text = content] { return std::make_unique<StringSource>(text); }});
  }
  StoredZip zip(std::move(members));
  return ReadAll(zip, kAnything);
}

std::string UploadZip(const Files& files) {
  std::vector<ZipEntry> entries;
  std::string meta;
  json::Writer out(meta);
  out.StartArray();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& [name, content] = files[i];
    out.StartArray().Text(name);
    if (content) {
      out.Text(std::to_string(i));
      entries.push_back({std::to_string(i), *content});
    } else {
      out.Null();
    }
    out.EndArray();
  }
  out.EndArray();
  entries.push_back({"_meta", meta});
  return ZipOf(entries);
}

std::vector<ZipEntry> EntriesOf(const std::string& zip) {
  std::vector<ZipEntry> entries;
  const std::size_t end = zip.size() - zip::kEndBytes;
  EXPECT_EQ(zip::Get32(zip, end), zip::kEndSignature);
  std::size_t at = zip::Get32(zip, end + 16);
  for (int left = zip::Get16(zip, end + 10); left > 0; --left) {
    const std::size_t name_bytes = zip::Get16(zip, at + 28);
    const std::size_t local = zip::Get32(zip, at + 42);
    EXPECT_EQ(zip::Get16(zip, at + 10), zip::kStored);
    ZipEntry entry;
    entry.name = zip.substr(at + zip::kEntryBytes, name_bytes);
    entry.content = zip.substr(local + zip::kLocalBytes + name_bytes, zip::Get32(zip, at + 24));
    EXPECT_EQ(Crc32(entry.content), zip::Get32(zip, at + 16));
    entries.push_back(std::move(entry));
    at += zip::kEntryBytes + name_bytes;
  }
  EXPECT_EQ(at, end);
  return entries;
}

std::string ToJson(std::string_view text) {
  std::string quoted;
  json::Writer(quoted).Text(text);
  return quoted;
}

MediaServer::MediaServer(const std::filesystem::path& data, OnMediaStep on_step)
    : volume_(data, Volume::Create::kIfMissing),
      store_({disk_, clock_, std::move(on_step)}),
      methods_(store_, volume_, {.spool_folder = data / "spool"},
               [this](const MediaEvent& event) {
                 const std::lock_guard lock(mutex_);
                 events_.push_back(event);
               }),
      service_(
          work_, work_,
          [this](std::string_view hkey) {
            auto caller = CallerOf(hkey);
            if (caller) caller->quota = quota;
            return caller;
          },
          {}, "", *this) {
  methods_.ServeOn(service_);
}

Answer MediaServer::CallRaw(const std::string& method, const std::string& header,
                            std::string body) {
  http::RequestHead head;
  head.method = "POST";
  head.path = "/msync/" + method;
  if (!header.empty()) head.headers.Add("anki-sync", header);
  return Decoded(service::Ask(service_, std::move(head), std::move(body)));
}

Answer MediaServer::Call(const std::string& method, std::string_view payload, const Who& who) {
  const std::string key = who.user == "u" ? who.hkey : who.user + "." + who.hkey;
  return CallRaw(
      method, R"({"v":11,"c":"26.09.3,x,linux","k":")" + key + R"(","s":")" + who.session + "\"}",
      ZstdCompress(payload));
}

std::string MediaServer::DataOf(const std::string& method, std::string_view payload,
                                const Who& who) {
  const Answer answer = Call(method, payload, who);
  if (answer.status != 200) return std::to_string(answer.status);
  EXPECT_EQ(answer.original_size, answer.body.size());
  const json::Document document = json::Document::Parse(answer.body);
  EXPECT_EQ(document.root().Find("err")->text(), "");
  std::string data;
  json::Writer(data).Tree(*document.root().Find("data"));
  return data;
}

int MediaServer::Usn(const Who& who) {
  const json::Document data = json::Document::Parse(DataOf("begin", R"({"v":"x"})", who));
  return *json::ReadInt<int>(*data.root().Find("usn"));
}

std::string MediaServer::Changes(int last_usn, const Who& who) {
  return DataOf("mediaChanges", "{\"lastUsn\":" + std::to_string(last_usn) + "}", who);
}

std::string MediaServer::Upload(const Files& files, const Who& who) {
  return DataOf("uploadChanges", UploadZip(files), who);
}

std::string MediaServer::Sanity(std::int64_t local, const Who& who) {
  const std::string word = DataOf("mediaSanity", "{\"local\":" + std::to_string(local) + "}", who);
  return word.size() < 2 ? word : word.substr(1, word.size() - 2);
}

Answer MediaServer::AskFor(const std::vector<std::string>& names, const Who& who) {
  return Call("downloadFiles", NamesJson(names), who);
}

std::vector<ZipEntry> MediaServer::Download(const std::vector<std::string>& names, const Who& who) {
  const Answer answer = AskFor(names, who);
  EXPECT_EQ(answer.status, 200);
  if (answer.status != 200) return {};
  EXPECT_EQ(answer.original_size, answer.body.size());
  return EntriesOf(answer.body);
}

int MediaServer::DownloadStatus(const std::vector<std::string>& names, const Who& who) {
  return AskFor(names, who).status;
}

}  // namespace ankisync::media::testing
