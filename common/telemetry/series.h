// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "common/telemetry/words.h"

namespace ankisync {

struct Label {
  std::string name;
  std::vector<std::string> words;
};

template <typename Enum>
Label LabelOf(const char* name) {
  return {name, {kWords<Enum>.begin(), kWords<Enum>.end()}};
}

template <typename Metric>
prometheus::Family<Metric>& AddFamily(prometheus::Registry& registry, const std::string& name,
                                      const std::string& help) {
  if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  } else {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
}

// The edges of histograms: a client's time-outs are among those of durations, in seconds; the sizes
// of what clients send at a time are among those of bodies, in bytes.
inline constexpr std::array kDurationEdges{0.005, 0.01, 0.025, 0.05, 0.1,  0.25, 0.5,  1.0,
                                           2.5,   5.0,  10.0,  20.0, 30.0, 60.0, 120.0};
inline constexpr std::array kSizeEdges{0x1p10, 0x1p14, 0x1p18,       0x1p20,       2.5 * 0x1p20,
                                       0x1p23, 0x1p25, 100 * 0x1p20, 300 * 0x1p20, 0x1p30};

// One family with a child for each combination of up to two labels' words, made at construction and
// found by place. An empty word has no child; its events go to the label's last word.
template <typename Metric>
class Series {
 public:
  Series(prometheus::Registry& registry, const char* name, const char* help, const Label& rows = {},
         const Label& columns = {}, std::span<const double> edges = kDurationEdges)
      : columns_(CountOf(columns)), edges_(edges.begin(), edges.end()) {
    auto& family = AddFamily<Metric>(registry, name, help);
    children_.resize(CountOf(rows) * columns_);
    for (std::size_t i = children_.size(); i-- > 0;) {  // backwards: the last word comes first
      children_[i] = Child(family, rows, i / columns_, columns, i % columns_);
    }
  }

  Metric& At(std::size_t row = 0, std::size_t column = 0) {
    return *children_[row * columns_ + column];
  }

  template <typename Enum>
  requires std::is_enum_v<Enum> Metric& At(Enum row) { return At(static_cast<std::size_t>(row)); }
  template <typename Row, typename Column>
  requires std::is_enum_v<Row> && std::is_enum_v<Column> Metric& At(Row row, Column column) {
    return At(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
  }

 private:
  static std::size_t CountOf(const Label& label) {
    return label.name.empty() ? 1 : label.words.size();
  }

  Metric* Child(prometheus::Family<Metric>& family, const Label& rows, std::size_t row,
                const Label& columns, std::size_t column) {
    prometheus::Labels labels;
    if (!rows.name.empty()) {
      if (rows.words[row].empty()) return &At(rows.words.size() - 1, column);
      labels[rows.name] = rows.words[row];
    }
    if (!columns.name.empty()) labels[columns.name] = columns.words[column];
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return &family.Add(labels, edges_);
    } else {
      return &family.Add(labels);
    }
  }

  std::size_t columns_;
  const std::vector<double> edges_;  // of a histogram
  std::vector<Metric*> children_;
};

}  // namespace ankisync
