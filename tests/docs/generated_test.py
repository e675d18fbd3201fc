# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the program prints of itself is what docs/ has.

  python3 generated_test.py ROOT ANKISYNCD            prints what is stale; exit status 1 if there is anything
  python3 generated_test.py ROOT ANKISYNCD --write    writes it anew
"""
import subprocess
import sys
from pathlib import Path

MARK = "<!-- generated: ankisyncd --print-config-reference -->\n"


def printed(program, flag):
    return subprocess.run([program, flag], check=True, stdout=subprocess.PIPE, env={}, text=True).stdout


def pages(root, program):
    """Each generated page with what it should hold."""
    reference = root / "docs/configuration.md"
    written_by_hand = reference.read_text().split(MARK)[0]
    yield reference, written_by_hand + MARK + "\n" + printed(program, "--print-config-reference")
    yield root / "docs/ankisyncd.schema.json", printed(program, "--print-config-schema")


def main(root, program, *options):
    stale = [(page, text) for page, text in pages(Path(root), program) if not page.exists() or page.read_text() != text]
    for page, text in stale:
        if "--write" in options:
            page.write_text(text)
        else:
            print(f"{page} is not what {program} prints: python3 tests/docs/generated_test.py . {program} --write")
    return 1 if stale and "--write" not in options else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
