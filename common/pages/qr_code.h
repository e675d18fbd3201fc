// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <string>

namespace ankisync {

// An SVG element of a QR code for `text`, in currentColor on nothing; with the margin that scanners
// want. Empty when the text is too long for one.
std::string QrCodeSvg(const std::string& text);

}  // namespace ankisync
