// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include "common/http/application.h"

// The few answers that this layer gives by itself. They are for people who look at a connection;
// clients act on the number.
namespace ankisync::http {

Answer NotARequest();              // 400
Answer HeadTooLarge();             // 431
Answer UnknownTransferEncoding();  // 501
Answer OurFault();                 // 500
Answer Unavailable();              // 503, "try again": overload, disk full, draining

}  // namespace ankisync::http
