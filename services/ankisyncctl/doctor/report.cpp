// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/report.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "common/codec/json_writer.h"

namespace ankisync::doctor {
namespace {

constexpr std::size_t kTextWidth = 88;
constexpr std::string_view kMargin = "         ";

std::string_view WordOf(Severity severity) {
  switch (severity) {
    case Severity::kOk:
      return "ok";
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  std::abort();
}

// Broken between words, behind the margin.
std::string Paragraph(std::string_view text) {
  std::string lines;
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (width > 0 && width + 1 + word.size() > kTextWidth) {
      lines.append("\n").append(kMargin);
      width = 0;
    } else if (width > 0) {
      lines += ' ';
      ++width;
    }
    lines += word;
    width += word.size();
  }
  return lines;
}

// As it stands, to be copied.
std::string Lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    lines.append(kMargin).append("  ").append(line).append("\n");
  }
  return lines;
}

std::string CountOf(std::size_t count, std::string_view word) {
  return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

std::string Summary(const Findings& findings) {
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::ranges::count(findings, severity, [](const Finding& each) { return each.severity; }));
  };
  const std::size_t errors = count(Severity::kError);
  const std::size_t warnings = count(Severity::kWarning);
  if (errors + warnings == 0) return "All is well.\n";
  return CountOf(errors, "error") + ", " + CountOf(warnings, "warning") + ".\n";
}

}  // namespace

std::string TextOf(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    std::string mark(WordOf(finding.severity));
    mark.resize(kMargin.size(), ' ');
    text += mark + Paragraph(finding.text) + "\n";
    if (!finding.client.empty()) {
      text.append(kMargin).append(Paragraph("In Anki: " + finding.client)).append("\n");
    }
    if (!finding.remedy.empty())
      text.append(kMargin).append("To do:\n").append(Lines(finding.remedy));
  }
  return text + Summary(findings);
}

std::string JsonOf(const Findings& findings) {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("worst").Text(WordOf(WorstOf(findings))).Key("findings").StartArray();
  for (const auto& [severity, check, what, client, remedy] : findings) {
    out.StartObject().Key("severity").Text(WordOf(severity)).Key("check").Text(check);
    out.Key("text").Text(what).Key("client").Text(client).Key("remedy").Text(remedy).EndObject();
  }
  out.EndArray().EndObject();
  return text + "\n";
}

Severity WorstOf(const Findings& findings) {
  Severity worst = Severity::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace ankisync::doctor
