// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/testing/model_client.h"

#include <algorithm>
#include <stdexcept>

#include "common/storage/collection/text/unicase.h"
#include "services/sync/testing/vectors.h"

namespace ankisync::sync {

ModelClient::ModelClient(SyncServer& server, Kind kind, int number, std::chrono::seconds ahead)
    : server_(server), device_(server, "ada", number), kind_(kind), ahead_(ahead) {}

void ModelClient::Name(std::int64_t id, const std::string& name) {
  if (IsTaken(name, id)) return;  // people cannot do that
  objects_[id] = {name, now(), true};
}

void ModelClient::Sync() {
  device_.skey = std::to_string(usn_) + "of" + std::to_string(Raw(server_.clock().Now()));
  const auto meta = json::Document::Parse(device_.Meta().text);
  device_.Start(usn_, true);
  const Answer answer = device_.ApplyChanges(OwnChanges());
  if (answer.status != 200 || device_.Finish().status != 200) {
    throw std::runtime_error("a sync of a model client failed");
  }
  for (auto& [id, object] : objects_) object.is_pending = false;
  const auto changes = json::Document::Parse(answer.text);
  const json::Value& list =
      kind_ == Kind::kDecks ? At(changes.root(), "decks").items()[0] : At(changes.root(), "models");
  for (const json::Value& object : list.items()) {
    Take(IntAt(object, "id"), TextAt(object, "name"), IntAt(object, "mod"));
  }
  usn_ = static_cast<int>(IntAt(meta.root(), "usn")) + 1;
}

ModelClient::Names ModelClient::names() const {
  Names names;
  for (const auto& [id, object] : objects_) names[id] = object.name;
  return names;
}

std::string ModelClient::OwnChanges() const {
  std::string list;
  for (const auto& [id, object] : objects_) {
    if (!object.is_pending) continue;
    const ObjectJson json{id, object.name, object.mtime, usn_};
    list +=
        (list.empty() ? "" : ",") + (kind_ == Kind::kDecks ? DeckJson(json) : NotetypeJson(json));
  }
  return Changes(kind_ == Kind::kDecks ? ChangesJson{.decks = list} : ChangesJson{.models = list});
}

void ModelClient::Take(std::int64_t id, const std::string& name, std::int64_t mtime) {
  const auto own = objects_.find(id);
  if (own != objects_.end() && own->second.mtime > mtime) return;
  Object taken{name, mtime, false};
  while (IsTaken(taken.name, id)) {
    taken.name += '+';
    taken.mtime = now();
  }
  objects_[id] = taken;
}

bool ModelClient::IsTaken(const std::string& name, std::int64_t by_other_than) const {
  return std::any_of(objects_.begin(), objects_.end(), [&](const auto& entry) {
    return entry.first != by_other_than && CompareUnicase(entry.second.name, name) == 0;
  });
}

std::int64_t ModelClient::now() const {
  return Raw(ToSeconds(server_.clock().Now())) + ahead_.count();
}

}  // namespace ankisync::sync
