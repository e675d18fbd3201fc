# SPDX-License-Identifier: AGPL-3.0-or-later
"""The licence: LICENSE is the AGPL, version 3, and every file says in its first lines that it is under it.

Not asked of what has no comments, of what programs write, and of inputs of tests.

  python3 licence_test.py ROOT     prints each file that does not say so; exit status 1 if there is one
"""
import re
import subprocess
import sys
from pathlib import Path

HEADER = "SPDX-License-Identifier: AGPL-3.0-or-later"
LINES = 3  # "#!" may come first, and in web pages "<!doctype html>"
WITHOUT = re.compile(r".*\.(md|md\.in|json|tsv|png)|LICENSE|tests/fuzz/corpus/.*|tests/deploy/snapshots/.*")


def complaints(root):
    licence = (root / "LICENSE").read_text()
    if not licence.startswith("GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3") or "17. Interpretation of Sections 15 and 16." not in licence:
        yield "LICENSE is not the GNU Affero General Public License, version 3"
    names = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in names.splitlines():
        if (root / name).is_file() and not WITHOUT.fullmatch(name):
            if not any(HEADER in line for line in (root / name).read_text().splitlines()[:LINES]):
                yield f"{name} does not say '{HEADER}'"


def main():
    found = list(complaints(Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every file says its licence")
    sys.exit(1 if found else 0)


main()
