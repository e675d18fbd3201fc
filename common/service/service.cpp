// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/service/service.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "common/protocol/method.h"
#include "common/service/call.h"

namespace ankisync::service {
namespace {

http::Answer TextAnswer(int status, std::string text) {
  http::Answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  answer.body = std::move(text);
  return answer;
}

http::Answer NotFound() {
  http::Answer answer =
      TextAnswer(404,
                 "Nothing here. In Anki, the self-hosted sync server's address is the part of this "
                 "server's address in front of /sync/ and /msync/.\n");
  answer.headers.emplace_back("ankisync-error", "not-found");  // of ours, not a proxy's
  return answer;
}

http::Answer MethodNotAllowed() {
  http::Answer answer = TextAnswer(405, "This address is for Anki clients, which use POST.\n");
  answer.headers.emplace_back("Allow", "POST");
  return answer;
}

bool Allows(const protocol::MethodInfo* info, std::string_view http_method) {
  if (http_method == "POST") return true;
  return info && info->get_allowed && (http_method == "GET" || http_method == "HEAD");
}

std::string UnknownMethod(protocol::Area area) {
  std::string text = "unknown method; there are:";
  for (const protocol::MethodInfo& info : protocol::kMethods) {
    if (info.area == area) text += " " + std::string(info.name);
  }
  return text;
}

}  // namespace

class Service::CallReceiver final : public http::Receiver {
 public:
  explicit CallReceiver(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  http::Answer OverBound() override {
    return call_->Failed(SyncError(ErrorKind::kTooLarge, "the body is larger than allowed"));
  }
  void Complete(std::unique_ptr<http::Exchange> exchange) override {
    Call::Complete(call_, std::move(exchange));
  }

 private:
  std::shared_ptr<Call> call_;
};

Service::Service(WorkerPool& work, WorkerPool& logins, Authenticate authenticate,
                 const Limits& limits, std::string base_path, Observer& observer,
                 ClientAddresses addresses)
    : work_(work),
      logins_(logins),
      collection_strands_(work),
      media_strands_(work),
      authenticate_(std::move(authenticate)),
      limits_(limits),
      base_path_(std::move(base_path)),
      observer_(observer),
      addresses_(std::move(addresses)),
      mirror_(limits.media_batch.received_bytes_max),
      unknown_forms_(std::make_shared<http::Budget>(limits.unknown_forms_bytes_max)) {}

void Service::Serve(protocol::Method method, Handler handler, IsQuick is_quick) {
  handlers_[static_cast<std::size_t>(method)] = std::move(handler);
  is_quick_[static_cast<std::size_t>(method)] = std::move(is_quick);
}

void Service::ServePage(std::string path, Page page) {
  pages_.emplace_back(std::move(path), std::move(page));
}

void Service::ServeStrays(StrayPage page) { stray_page_ = std::move(page); }

std::variant<http::Answer, http::Accepted> Service::Admit(const http::RequestHead& head) {
  for (const auto& [path, page] : pages_) {
    if (head.path == path) return page(head);
  }
  if (stray_page_) {
    if (auto answer = stray_page_(head)) return *std::move(answer);
  }
  const auto target = protocol::TargetOf(head.path, base_path_);
  if (!target || !Serves(target->area)) return NotFound();
  if (!Allows(target->info, head.method)) return MethodNotAllowed();
  if (!target->info && target->name == Mirror::kName)
    return mirror_.Admit(head, target->area, addresses_);

  const auto call = std::make_shared<Call>(*this, head, target->info);
  try {
    call->Check(head);
  } catch (const SyncError& error) {
    http::Answer answer = call->Failed(error);
    if (!target->info) answer.body = UnknownMethod(target->area);
    return answer;
  }
  return http::Accepted{call->received_bytes_max(), std::make_unique<CallReceiver>(call),
                        call->memory_bytes_max()};
}

bool Service::Serves(protocol::Area area) const {
  return std::any_of(protocol::kMethods.begin(), protocol::kMethods.end(),
                     [&](const protocol::MethodInfo& info) {
                       return info.area == area && handlers_[static_cast<std::size_t>(info.method)];
                     });
}

const Bound& Service::BoundFor(const protocol::MethodInfo& info) const {
  switch (info.payload) {
    case protocol::Payload::kJson:
      return limits_.json;
    case protocol::Payload::kCollection:
      return limits_.collection;
    case protocol::Payload::kMediaBatch:
      return limits_.media_batch;
  }
  std::abort();
}

}  // namespace ankisync::service
