# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages tell people to type exists: commands and their flags, variables, files, units, services, values of the chart.

Looked at: fenced and indented blocks (of those with "$ " only these lines) and `code` within the text. Each program is asked
for its own help; nothing is run otherwise.

  python3 commands_test.py ROOT BIN     prints what does not exist, a line each; exit status 1 if there is anything
"""
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

SERVERS = ("ankisyncd", "collection-sync", "media-sync")
OURS_BEGIN = ("deploy/", "docs/", "helm/", "tests/", "dev.d/", "common/", "services/", "bench/", "cmake/")
PYTHON_SERVERS = "common/config/python_server.cpp"  # knows variables that --print-config-reference does not have
OTHERS = {"ANKISYNCD", "ANKISYNCD_CONFIG"}  # the program under test; the file of the configuration
SEPARATORS = re.compile(r"\s(?:\|\|?|&&|>>?|<)\s|;\s")
OPTION = re.compile(r"\s+(?:-\w,)?(--[\w-]+)( [A-Z]+)?")
FLAG = re.compile(r"--[a-z][\w-]*")


class Programs:
    def __init__(self, folder):
        self._folder = folder

    @cache
    def help(self, *words):
        return subprocess.run([self._folder / words[0], *words[1:], "--help"], check=True, stdout=subprocess.PIPE, env={}, text=True).stdout

    def subcommands(self, *words):
        listed = self.help(*words).partition("Subcommands:\n")[2]
        return re.findall(r"^  (\S+) ", listed.partition("\n\n")[0], re.MULTILINE)

    def all_help(self, *words):
        return self.help(*words) + "".join(self.all_help(*words, one) for one in self.subcommands(*words))

    def flags(self, *words):
        """Each flag, and whether a value follows it."""
        return {match[1]: bool(match[2]) for line in self.help(*words).splitlines() if (match := OPTION.match(line))}


def wrong_in_command_line_tool(words, programs):
    chain, known, takes_value = ["ankisyncctl"], programs.flags("ankisyncctl"), False
    for word in (word.strip("[]") for word in words):
        if takes_value:
            takes_value = False
        elif word.startswith("--"):
            if (name := word.partition("=")[0]) not in known:
                yield f"{' '.join(chain)} has no {name}"
            takes_value = known.get(name, False) and "=" not in word
        elif subcommands := programs.subcommands(*chain):
            for one in word.split("|"):
                if one not in subcommands:
                    yield f"{' '.join(chain)} has no '{one}'"
                    return
            chain.append(word.split("|")[0])
            known |= programs.flags(*chain)


def wrong_in_command(text, root, programs):
    words = text.split()
    for place, word in enumerate(words):
        name, rest = word.rpartition("/")[2], words[place + 1:]
        if words[0] in ("install", "cp", "ls"):
            break
        if word == "./dev" and rest:
            source = (root / "dev").read_text()
            if rest[0].strip(",:;") not in (*re.search(r"run \| [^)]+", source)[0].split(" | "), "help"):
                yield f"./dev has no '{rest[0]}'"
            yield from (f"./dev has no {flag}" for flag in rest[1:2] if flag.startswith("--") and flag not in source)
        elif name == "ankisyncctl":
            yield from wrong_in_command_line_tool(rest, programs)
            break
        elif name in SERVERS and words[0] not in ("docker", "kubectl", "systemctl"):
            yield from (f"{name} has no {flag}" for flag in rest if FLAG.fullmatch(flag) and f"  {flag}" not in programs.help(name))
            break
    if words[0] == "systemctl":
        for unit in (word for word in words[1:] if word.startswith("ankisync")):
            if not (root / "deploy/systemd" / (unit if "." in unit else f"{unit}.service")).exists():
                yield f"there is no unit {unit}"
    if words[:3] == ["docker", "compose", "exec"] and f"\n  {words[3]}:\n" not in (root / "docker-compose.yml").read_text():
        yield f"docker-compose.yml has no service {words[3]}"
    if words[0] == "helm":
        for key in re.findall(r"--set ([\w.]+)=", text):
            schema = json.loads((root / "helm/values.schema.json").read_text())
            for part in key.split("."):
                schema = schema.get("properties", {}).get(part)
                if schema is None:
                    yield f"the chart has no value {key}"
                    break


def commands(page):
    """The text of each command, as typed; the rest of a line that goes on (a backslash) with it."""
    block, is_fenced, is_indented = [], False, False
    for line in [*page.read_text().splitlines(), ""]:
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        elif is_fenced or (line.startswith("    ") and not line.lstrip().startswith(("-", "|"))):
            block.append(line.strip())
            is_indented = not is_fenced
        elif line or not is_indented:
            yield from (code for code in re.findall(r"`([^`]+)`", line))
        if block and not is_fenced and (line == "" or line.lstrip().startswith("```")):
            typed = re.sub(r"\\\n", "", "\n".join(block)).splitlines()
            prompted = [line[2:] for line in typed if line.startswith("$ ")]
            yield from prompted or typed
            block, is_indented = [], False


def complaints(root, folder):
    programs = Programs(folder)
    reference = subprocess.run([folder / "ankisyncd", "--print-config-reference"], check=True, stdout=subprocess.PIPE, env={}, text=True).stdout
    reference += programs.all_help("ankisyncctl")
    python_servers = (root / PYTHON_SERVERS).read_text()
    for page in [root / "README.md", root / "CONTRIBUTING.md", root / "SECURITY.md", *sorted((root / "docs").rglob("*.md"))]:
        for text in commands(page):
            for variable in re.findall(r"\bANKISYNCD(?:_[A-Z]+)*\b", text):
                name = variable.removesuffix("_FILE")
                if name not in reference and name.removeprefix("ANKISYNCD_").lower() not in python_servers and name not in OTHERS:
                    yield page, f"there is no variable {variable}"
            for word in re.findall(r"(?<![\w/.~-])[\w./*{},-]+", text):
                if word.startswith(OURS_BEGIN):
                    yield from ((page, f"there is no {one}") for one in expanded(word.rstrip("/,.")) if not any(root.glob(one)))
            for part in SEPARATORS.split(re.sub(r"\s+#\s.*", "", text)):
                part = re.sub(r"^\s*(?:sudo\s+|[A-Z_0-9]+=\S*\s+)*", "", part)
                if part.strip():
                    yield from ((page, wrong) for wrong in wrong_in_command(part, root, programs))


def expanded(word):
    if braces := re.search(r"\{([^}]*)\}", word):
        return [word.replace(braces[0], choice) for choice in braces[1].split(",")]
    return [word]


def main():
    root = Path(sys.argv[1]).resolve()
    found = [f"{page.relative_to(root)}: {wrong}" for page, wrong in complaints(root, Path(sys.argv[2]).resolve())]
    print("\n".join(found) or "everything that the pages tell to type exists")
    sys.exit(1 if found else 0)


main()
