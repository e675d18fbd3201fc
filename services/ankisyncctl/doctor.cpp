// SPDX-License-Identifier: AGPL-3.0-or-later
#include <memory>

#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/command.h"
#include "services/ankisyncctl/doctor/local/local.h"
#include "services/ankisyncctl/doctor/outside/outside.h"
#include "services/ankisyncctl/doctor/report.h"
#include "services/ankisyncctl/password_source.h"

namespace ankisync::ctl {
namespace {

struct Options {
  std::string url;
  std::string user;
  PasswordSource password;
  std::filesystem::path authority;
  std::string largest = "104MiB";
};

std::uint64_t BytesOf(const std::string& text) {
  const auto bytes = ParseSize(text);
  if (!bytes || *bytes < 1) throw CLI::ValidationError("--largest: no size such as 10MiB");
  return static_cast<std::uint64_t>(*bytes);
}

doctor::Findings FromOutside(const Options& options, Context& context) {
  doctor::Conversation conversation(doctor::ServerAddress::Parse(options.url),
                                    doctor::OpenWeb(options.authority));
  doctor::Wishes wishes{.now = SystemClock().Now(), .largest_bytes = BytesOf(options.largest)};
  if (!options.user.empty()) {
    wishes.credentials = doctor::Credentials{
        options.user, options.password.ReadKnown(options.user, context.terminal)};
  }
  return ExamineFromOutside(conversation, wishes);
}

doctor::Findings OfDataFolder(const Context& context) {
  if (context.data.empty()) {
    throw CLI::ValidationError(
        "say which data folder: --data DIR, or ANKISYNCD_DATA; or which server: --url URL");
  }
  return ExamineLocally(
      {.data = context.data, .config_file = context.config_file, .now = SystemClock().Now()},
      doctor::OpenWeb({}));
}

}  // namespace

Action DefineDoctor(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  CLI::Option* const url =
      command_line
          .add_option("--url", options->url,
                      "Examine the server at this address, as Anki would reach it, and no folder")
          ->type_name("URL");
  CLI::Option* const user =
      command_line
          .add_option("--user", options->user, "Log in, too, and begin a sync that changes nothing")
          ->type_name("NAME")
          ->needs(url);
  for (CLI::Option* const option : options->password.DefineOn(command_line)) option->needs(user);
  command_line
      .add_option("--authority", options->authority,
                  "Trust the certificates in this file, too: your own authority's")
      ->type_name("FILE")
      ->needs(url);
  command_line
      .add_option("--largest", options->largest,
                  "The largest request that is tried, e.g. 1GiB; what is sent costs its time")
      ->type_name("SIZE")
      ->capture_default_str()
      ->needs(url);
  return [options](Context& context) {
    const doctor::Findings findings =
        options->url.empty() ? OfDataFolder(context) : FromOutside(*options, context);
    context.out << (context.as_json ? JsonOf(findings) : TextOf(findings));
    if (WorstOf(findings) == doctor::Severity::kError) context.status = kRefused;
  };
}

}  // namespace ankisync::ctl
