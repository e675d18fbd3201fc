// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/completion.h"

#include <vector>

namespace ankisync::ctl {
namespace {

struct Candidate {
  std::string word;  // a command, or an option with its dashes
  std::string help;
  bool takes_value = false;
};

// A place in the tree of commands, and what may come next there.
struct Place {
  std::string path;  // " user add"; empty: the beginning
  std::vector<Candidate> next;
};

// Options of the program that matter to every command.
constexpr const char* kEverywhere[] = {"--data", "--config", "--json"};

void AddOption(const CLI::Option& option, std::vector<Candidate>& candidates) {
  if (option.get_positional()) return;
  const bool takes_value = option.get_items_expected_max() > 0;
  for (const std::string& name : option.get_lnames())
    candidates.push_back({"--" + name, option.get_description(), takes_value});
}

void AddPlaces(const CLI::App& app, const CLI::App& top, const std::string& path,
               std::vector<Place>& places) {
  const auto commands = app.get_subcommands({});
  Place place{path, {}};
  for (const CLI::App* command : commands)
    place.next.push_back({command->get_name(), command->get_description()});
  for (const CLI::Option* option : app.get_options()) AddOption(*option, place.next);
  for (const char* name : kEverywhere)
    if (&app != &top) AddOption(*top.get_option(name), place.next);
  places.push_back(std::move(place));
  for (const CLI::App* command : commands)
    AddPlaces(*command, top, path + " " + command->get_name(), places);
}

// For bash and zsh: finds the place of the words so far, and sets `next` to what may come.
std::string FindPlace(const std::vector<Place>& places, const std::string& words_so_far) {
  std::string known;
  std::string cases;
  for (const Place& place : places) {
    if (!place.path.empty()) known += (known.empty() ? "\"" : " | \"") + place.path + "\"";
    cases += "    \"" + place.path + "\") next=\"";
    for (const Candidate& candidate : place.next)
      cases += candidate.word + (&candidate == &place.next.back() ? "" : " ");
    cases += "\" ;;\n";
  }
  return "  local word place= next=\n"
         "  for word in " +
         words_so_far +
         "; do\n"
         "    case \"$place $word\" in\n"
         "      " +
         known +
         ") place=\"$place $word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$place\" in\n" +
         cases + "  esac\n";
}

std::string ForBash(const std::vector<Place>& places) {
  return "# ankisyncctl for bash: source this, or put it into /etc/bash_completion.d\n"
         "_ankisyncctl() {\n" +
         FindPlace(places, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"") +
         "  COMPREPLY=($(compgen -W \"$next\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _ankisyncctl ankisyncctl\n";
}

std::string ForZsh(const std::vector<Place>& places) {
  return "#compdef ankisyncctl\n"
         "# Source this after compinit, or put it into a folder of $fpath as _ankisyncctl.\n"
         "_ankisyncctl() {\n" +
         FindPlace(places, "\"${(@)words[2,CURRENT-1]}\"") +
         "  compadd -- ${=next} || _files\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _ankisyncctl ]; then\n"
         "  _ankisyncctl\n"
         "else\n"
         "  compdef _ankisyncctl ankisyncctl\n"
         "fi\n";
}

std::string FishText(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string ForFish(const std::vector<Place>& places) {
  std::string known;
  std::string lines;
  for (const Place& place : places) {
    if (!place.path.empty()) known += " " + FishText(place.path);
    for (const auto& [word, help, takes_value] : place.next) {
      const bool is_option = word.starts_with("--");
      lines += "complete -c ankisyncctl -n \"__ankisyncctl_at '" + place.path + "'\" " +
               (is_option ? "-l " + word.substr(2) : "-f -a " + word) + (takes_value ? " -r" : "") +
               " -d " + FishText(help) + "\n";
    }
  }
  return "# ankisyncctl for fish: put this into ~/.config/fish/completions/ankisyncctl.fish\n"
         "function __ankisyncctl_at\n"
         "    set -l place ''\n"
         "    for word in (commandline -opc)[2..-1]\n"
         "        if contains -- \"$place $word\"" +
         known +
         "\n"
         "            set place \"$place $word\"\n"
         "        end\n"
         "    end\n"
         "    test \"$place\" = \"$argv[1]\"\n"
         "end\n" +
         lines;
}

}  // namespace

std::string Completion(const CLI::App& app, const std::string& shell) {
  std::vector<Place> places;
  AddPlaces(app, app, "", places);
  if (shell == "zsh") return ForZsh(places);
  return shell == "fish" ? ForFish(places) : ForBash(places);
}

}  // namespace ankisync::ctl
