// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

// Header values of the form `form-data; name="a; b"; filename=c`. Letter case counts only in what
// parameters hold. Linear in the value's length.
namespace ankisync::protocol {

bool EqualsLowered(std::string_view text, std::string_view lower_case);

// Whether what stands in front of the parameters is `lower_case`.
bool HasType(std::string_view value, std::string_view lower_case);

// The first parameter of that name, without its quotes and escapes. Nothing: there is none, or a
// quote in front of it is not closed.
std::optional<std::string> ParameterOf(std::string_view value, std::string_view lower_case_name);

}  // namespace ankisync::protocol
