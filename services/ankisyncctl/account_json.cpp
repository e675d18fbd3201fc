// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/account_json.h"

#include "common/core/utc_text.h"

namespace ankisync::ctl {

json::Writer& WriteMembers(json::Writer& out, const Account& account) {
  return out.Key("name")
      .Text(account.name)
      .Key("id")
      .Int(Raw(account.id))
      .Key("folder")
      .Text(account.folder)
      .Key("state")
      .Text(NameOf(account.state))
      .Key("source")
      .Text(NameOf(account.source))
      .Key("created")
      .Text(UtcText(account.created));
}

}  // namespace ankisync::ctl
