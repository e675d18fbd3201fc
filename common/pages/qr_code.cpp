// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/pages/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace ankisync {
namespace {

constexpr int kMargin = 4;      // modules, as the standard wants
constexpr unsigned kBlack = 1;  // the low bit of a module
constexpr int kAnyVersion = 0;  // as small as the text allows

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

std::string QrCodeSvg(const std::string& text) {
  const std::unique_ptr<QRcode, Free> code(
      QRcode_encodeString8bit(text.c_str(), kAnyVersion, QR_ECLEVEL_M));
  if (!code) return {};
  const std::string side = std::to_string(code->width + 2 * kMargin);
  std::string svg = "<svg viewBox=\"0 0 " + side + " " + side +
                    "\" role=\"img\" aria-label=\"QR code of the address\">"
                    "<path fill=\"currentColor\" d=\"";
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if ((code->data[y * code->width + x] & kBlack) == 0) continue;
      svg += "M" + std::to_string(x + kMargin) + " " + std::to_string(y + kMargin) + "h1v1h-1z";
    }
  }
  return svg + "\"/></svg>";
}

}  // namespace ankisync
