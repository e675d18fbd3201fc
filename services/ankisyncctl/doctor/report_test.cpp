// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/report.h"

#include <gtest/gtest.h>

#include <sstream>

#include "common/codec/json_value.h"

namespace ankisync::doctor {
namespace {

const Findings kFindings = {
    {Severity::kOk, "sync", "It answers.", "", ""},
    {Severity::kError, "body_size", "Too little.", "an error.", "one;\ntwo;"},
};

TEST(Report, SaysWhatIsWrongWhatPeopleSeeAndWhatToWrite) {
  EXPECT_EQ(TextOf(kFindings),
            "ok       It answers.\n"
            "error    Too little.\n"
            "         In Anki: an error.\n"
            "         To do:\n"
            "           one;\n"
            "           two;\n"
            "1 error, 0 warnings.\n");
  EXPECT_EQ(TextOf({kFindings[0]}), "ok       It answers.\nAll is well.\n");
}

TEST(Report, BreaksLongSentencesBetweenWords) {
  std::string sentence;
  for (int i = 0; i < 60; ++i) sentence += "words ";
  std::istringstream lines(TextOf({{Severity::kNote, "x", sentence + "end", "", ""}}));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 100U);
  EXPECT_EQ(count, 1 + (60 * 6 + 3) / 88 + 1);
}

TEST(Report, IsJsonForPrograms) {
  const auto report = json::Document::Parse(JsonOf(kFindings));
  EXPECT_EQ(report.root().Find("worst")->text(), "error");
  const auto findings = report.root().Find("findings")->items();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[1].Find("check")->text(), "body_size");
  EXPECT_EQ(findings[1].Find("remedy")->text(), "one;\ntwo;");
  EXPECT_EQ(WorstOf({}), Severity::kOk);
}

}  // namespace
}  // namespace ankisync::doctor
