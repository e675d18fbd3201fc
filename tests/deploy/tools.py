# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs that tests of deploy/ and helm/ need. A machine without one does not pass its tests: they are told as not run."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ankisyncd"
PLACES = f"{CACHE}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{os.environ.get('PATH', '')}"


def program(name):
    found = shutil.which(name, path=PLACES)
    if not found:
        pytest.skip(f"there is no {name}")
    return found


def cached(name):
    """What dev.d/deploy-tools has brought."""
    if not (CACHE / name).exists():
        pytest.skip(f"there is no {CACHE / name}")
    return CACHE / name


def run(*command, **options):
    """Its standard output; a failure shows all that it said."""
    ended = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    assert ended.returncode == 0, f"{' '.join(map(str, command))}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def refusal(*command):
    """What it says when it fails."""
    ended = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert ended.returncode != 0, f"{' '.join(map(str, command))} was not refused"
    return ended.stdout
