// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/protocol/header_value.h"

#include <gtest/gtest.h>

namespace ankisync::protocol {
namespace {

using Text = std::optional<std::string>;

TEST(HeaderValue, ItsTypeIsWhatStandsInFrontInAnyLetterCase) {
  EXPECT_TRUE(HasType("multipart/form-data; boundary=x", "multipart/form-data"));
  EXPECT_TRUE(HasType(" Multipart/Form-Data ", "multipart/form-data"));
  EXPECT_FALSE(HasType("multipart/form-data2", "multipart/form-data"));
  EXPECT_FALSE(HasType("text/plain; multipart/form-data", "multipart/form-data"));
  EXPECT_FALSE(HasType("", "multipart/form-data"));
}

struct Case {
  std::string name;
  std::string value;
  Text expected;  // of the parameter "name"
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.value; }

class Parameter : public testing::TestWithParam<Case> {};

TEST_P(Parameter, IsFoundAndUnquoted) {
  EXPECT_EQ(ParameterOf(GetParam().value, "name"), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Values, Parameter,
    testing::Values(Case{"Quoted", R"(form-data; name="data"; filename="data")", "data"},
                    Case{"Bare", "form-data;name=k", "k"}, Case{"Upper", "FORM-DATA; NAME=K", "K"},
                    Case{"Blanks", "form-data ;\tname = k ; x=y", "k"},
                    Case{"Behind", R"(form-data; filename="data"; name="sk")", "sk"},
                    Case{"InsideAQuote", R"(form-data; filename="; name=x"; name=y)", "y"},
                    Case{"Escaped", R"(form-data; name="a\"b\\c")", "a\"b\\c"},
                    Case{"Empty", R"(form-data; name="")", ""},
                    Case{"FirstOfTwo", "f; name=a; name=b", "a"},
                    Case{"OtherName", "form-data; filename=k", std::nullopt},
                    Case{"WithoutValue", "form-data; name", std::nullopt},
                    Case{"Unclosed", R"(form-data; name="k)", std::nullopt},
                    Case{"UnclosedInFront", R"(form-data; filename="k; name=x)", std::nullopt},
                    Case{"EscapeAtTheEnd", R"(form-data; name="k\)", std::nullopt},
                    Case{"None", "form-data", std::nullopt}, Case{"Nothing", "", std::nullopt},
                    Case{"OnlyMarks", ";;==;\"", std::nullopt}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ankisync::protocol
