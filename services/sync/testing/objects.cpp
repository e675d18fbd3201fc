// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/testing/objects.h"

#include "common/codec/json_writer.h"

namespace ankisync::sync {
namespace {

std::string Common(const ObjectJson& object) {
  return "\"id\":" + std::to_string(object.id) + ",\"name\":" + Quoted(object.name) +
         ",\"mod\":" + std::to_string(object.mtime) + ",\"usn\":" + std::to_string(object.usn);
}

}  // namespace

std::string Quoted(const std::string& text) {
  std::string json;
  json::Writer(json).Text(text);
  return json;
}

std::string DeckJson(const ObjectJson& deck) {
  return '{' + Common(deck) +
         R"(,"lrnToday":[0,0],"revToday":[0,0],"newToday":[0,0],"timeToday":[0,0],)"
         R"("collapsed":true,"dyn":0,"conf":1})";
}

std::string PresetJson(const ObjectJson& preset) {
  return '{' + Common(preset) +
         R"(,"maxTaken":60,"autoplay":true,"timer":0,"new":{},"rev":{},"lapse":{}})";
}

std::string NotetypeJson(const ObjectJson& notetype, const std::vector<std::string>& fields,
                         int templates) {
  std::string json = '{' + Common(notetype) + R"(,"type":0,"sortf":0,"did":null,"css":"","flds":[)";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    json += (i ? ",{\"name\":" : "{\"name\":") + Quoted(fields[i]) +
            R"(,"sticky":false,"rtl":false,"font":"Arial","size":20})";
  }
  json += R"(],"tmpls":[)";
  for (int i = 0; i < templates; ++i) {
    json += (i ? ",{\"name\":\"Card " : "{\"name\":\"Card ") + std::to_string(i + 1) +
            R"(","qfmt":"{{Front}}"})";
  }
  return json + "]}";
}

std::string Changes(const ChangesJson& changes) {
  return "{\"models\":[" + changes.models + "],\"decks\":[[" + changes.decks + "],[" +
         changes.presets + "]],\"tags\":[" + changes.tags + ']' + changes.more + '}';
}

}  // namespace ankisync::sync
