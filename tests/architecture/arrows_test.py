# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which folder may include which: the list of our architecture, compared with every #include of common/ and services/.

A file belongs to the deepest folder listed here that holds it. It may include its own folder and those named beside it.
A test may include the folders named testing too.
One more rule: four libraries' headers are seen in one or two folders each.

  python3 arrows_test.py ROOT     prints each line that breaks a rule; exit status 1 if there is one
"""
import re
import subprocess
import sys
from pathlib import Path

STORAGE_BASE = ["common/core", "common/codec", "common/sqlite"]
COMMON = ["common/core", "common/sqlite", "common/codec", "common/config", "common/telemetry", "common/protocol",
          "common/http", "common/pages", "common/cells", "common/service", "common/storage/volume", "common/storage/accounts",
          "common/storage/collection", "common/storage/media", "common/storage/snapshots", "common/storage/moving",
          "common/storage/backup", "common/process"]
MAY_INCLUDE = {
    "common/core": [],
    "common/sqlite": ["common/core"],
    "common/codec": ["common/core"],
    "common/config": ["common/core"],
    "common/telemetry": ["common/core"],
    "common/protocol": ["common/core", "common/codec"],
    "common/http": ["common/core", "common/codec", "common/protocol", "common/telemetry"],
    "common/pages": ["common/core", "common/http"],
    "common/storage/volume": STORAGE_BASE,
    "common/storage/accounts": [*STORAGE_BASE, "common/storage/volume"],
    "common/storage/collection": [*STORAGE_BASE, "common/storage/volume"],
    "common/storage/media": [*STORAGE_BASE, "common/storage/volume"],
    "common/storage/snapshots": [*STORAGE_BASE, "common/storage/volume", "common/storage/collection",
                                 "common/storage/media"],
    "common/storage/moving": [*STORAGE_BASE, "common/storage/volume", "common/storage/accounts",
                              "common/storage/collection", "common/storage/media"],
    "common/storage/backup": [*STORAGE_BASE, "common/storage/volume", "common/storage/accounts",
                              "common/storage/collection", "common/storage/media", "common/storage/snapshots"],
    "common/cells": ["common/core", "common/codec", "common/storage/volume", "common/storage/accounts"],
    "common/service": ["common/core", "common/codec", "common/protocol", "common/http", "common/telemetry",
                       "common/storage/accounts", "common/storage/volume"],
    "common/process": ["common/core", "common/sqlite", "common/codec", "common/config", "common/telemetry", "common/protocol",
                       "common/http", "common/service", "common/storage/volume", "common/storage/accounts",
                       "common/cells", "common/pages"],
    "services/sync/merge": COMMON,
    "services/sync/session": COMMON,
    "services/sync/methods": [*COMMON, "services/sync/session", "services/sync/merge"],
    "services/sync": [*COMMON, "services/sync/session", "services/sync/merge", "services/sync/methods"],
    "services/sync/testing": [*COMMON, "services/sync/session", "services/sync/merge", "services/sync/methods"],
    "services/media/methods": COMMON,
    "services/media": [*COMMON, "services/media/methods"],
    "services/ankisyncd": [*COMMON, "services/sync", "services/sync/session", "services/sync/merge",
                           "services/sync/methods", "services/media", "services/media/methods"],
    "services/ankisyncctl/doctor": COMMON,
    "services/ankisyncctl": [*COMMON, "services/ankisyncctl/doctor"],
}
ONLY_IN = {"sqlite3.h": "common/sqlite", "prometheus/": "common/telemetry", "pistache/": "common/http",
           "curl/": "services/ankisyncctl/doctor, services/sync"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def folder_of(path):
    for parent in Path(path).parents:
        if str(parent) in MAY_INCLUDE:
            return str(parent)
    return None


def broken_arrows(root, path):
    home = folder_of(path)
    if home is None:
        yield f"{path}: its folder is not on the list of tests/architecture/arrows_test.py"
        return
    for number, line in enumerate((root / path).read_text().splitlines(), 1):
        if not (match := INCLUDE.match(line)):
            continue
        ours, system = match.groups()
        if ours and ours.startswith(("common/", "services/")):
            target = folder_of(ours)
            is_support = path.endswith("_test.cpp") and ours.split("/")[-2] == "testing"
            if target != home and target not in MAY_INCLUDE[home] and not is_support:
                yield f"{path}:{number}: {home} may not include {ours}"
        for header, only in ONLY_IN.items():
            if (system or ours).startswith(header) and home not in only.split(", "):
                yield f"{path}:{number}: only {only} includes <{header}>"


def complaints(root):
    command = ["git", "-C", root, "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    for path in listed.splitlines():
        is_there = (root / path).is_file()  # or deleted, and not yet committed so
        if is_there and path.startswith(("common/", "services/")) and path.endswith((".h", ".cpp")):
            yield from broken_arrows(root, path)


def main():
    found = list(complaints(Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every arrow is on the list")
    sys.exit(1 if found else 0)


main()
