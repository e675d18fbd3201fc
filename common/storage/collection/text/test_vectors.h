// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <rapidjson/document.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

// The golden cases, for the tests of this folder.
namespace ankisync {

inline rapidjson::Document LoadVectors(const std::string& name) {
  std::ifstream file(ANKISYNC_VECTORS "/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document vectors;
  vectors.Parse<rapidjson::kParseNanAndInfFlag>(text);
  if (vectors.HasParseError()) throw std::runtime_error("cannot read " + name);
  return vectors;
}

inline std::string TextOf(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

inline std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

inline std::string Repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace ankisync
