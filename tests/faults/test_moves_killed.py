# SPDX-License-Identifier: AGPL-3.0-or-later
"""`cell move` killed at every system call of it that changes a disk: the account is served by one cell or by none, and the
same command goes on to the end, or --undo back to the beginning, whatever was lost in between.

The states are those of docs/model/move.pml and common/storage/accounts/move_hold.h.
"""
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from support.cells import Cells
from support.servers import OurServer
from support.traffic import Person
from support.watched import can_trace, rows

pytestmark = pytest.mark.skipif(not can_trace(), reason="strace cannot trace here")

CALLS = ("rename", "fsync", "fdatasync", "mkdir", "unlink", "unlinkat", "rmdir", "symlink", "ftruncate")
SERVED, ABSENT = "served", "absent"
ON_THE_WAY = [(SERVED, ABSENT), ("leaving for b", ABSENT), ("leaving for b", "arriving from a"), ("gone to b", "arriving from a"),
              ("gone to b", SERVED)]
ON_THE_WAY_BACK = [("leaving for b", "arriving from a"), ("leaving for b", "gone to a"), (SERVED, "gone to a")]


class Installation:
    """Cells a and b without their servers, in a folder. ada lives in a."""

    def __init__(self, folder):
        self.folder = folder

    def copy(self, name):
        folder = self.folder.with_name(name)
        shutil.rmtree(folder, ignore_errors=True)
        return Installation(shutil.copytree(self.folder, folder, symlinks=True))

    def base(self, cell):
        return self.folder / f"cell-{cell}" / "server"

    def move(self, *more, kill_at=None):
        """The exit status. kill_at: (name, number) of the system call that is the last one, counted by thread."""
        command = [OurServer.program.with_name("ankisyncctl"), "--data", self.base("a"), "cell", "move", "ada", "b", "--to-data",
                   self.base("b"), "--cells", self.folder / "cells.yaml", *more]
        if kill_at:
            call, number = kill_at
            command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                       f"inject={call}:signal=KILL:when={number}", *command]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def state(self):
        return self._state_in("a"), self._state_in("b")

    def _state_in(self, cell):
        with closing(sqlite3.connect(f"file:{self.base(cell) / 'auth.db'}?mode=ro", uri=True)) as auth:
            found = auth.execute("select reason from accounts left join holds on account = id where name = 'ada'").fetchall()
        return found[0][0] or SERVED if found else ABSENT

    def holds(self, cell):
        """All that the cell has of ada, but what is collected one day."""
        folder = self.base(cell) / "collections/users/ada"
        held = {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_symlink():
                held[name] = os.readlink(path)
            elif path.suffix in (".anki2", ".db"):
                held[name] = rows(path)
            elif path.is_file() and path.parent.name != "tmp" and not name.endswith(("-wal", "-shm", "lock")):
                held[name] = path.read_bytes()
        return held

    def is_in(self, cell, held):
        home = {"a": [(SERVED, ABSENT), (SERVED, "gone to a")], "b": [("gone to b", SERVED)]}
        assert self.state() in home[cell]
        assert self.holds(cell) == held
        file = (self.folder / "cells.yaml").read_text()
        assert ('"ada", cell: "b"' in file) == (cell == "b")
        assert not list((self.base("b") / "arriving").glob("*"))


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells") / "as it was"
    folder.mkdir()
    cells = Cells(folder, "ab").start()
    cells.add_user("a", "ada")
    person = Person(cells["a"].url, "ada", "geheim", seed=1)
    person.log_in()
    assert person.upload() and person.upload() and person.sync() and person.send_media()  # the second leaves a snapshot
    cells.stop()
    return Installation(folder)


@pytest.fixture
def held(installation):
    held = installation.holds("a")
    assert len(held) > 6
    return held


SOME = pytest.param(CALLS[:3], 7, id="some")
EACH = pytest.param(CALLS, 1, id="each", marks=pytest.mark.long)


def killed(installation, calls, stride, *words):
    """What is left when the command was killed at each of these calls, or at some: a copy for each."""
    for call in calls:
        for number in itertools.count(1, stride):
            left = installation.copy("left")
            status = left.move(*words, kill_at=(call, number))
            if status == 0:
                break  # it made fewer of them
            assert status == -signal.SIGKILL
            yield left


@pytest.mark.parametrize("calls,stride", [SOME, EACH])
def test_a_move_killed_at_any_step_goes_on_or_is_undone(installation, held, calls, stride):
    seen = set()
    for left in killed(installation, calls, stride):
        state = left.state()
        assert state in ON_THE_WAY
        assert left.holds("a") == held
        seen.add(state)
        back = left.copy("undone")
        assert left.move() == 0
        left.is_in("b", held)
        if state[0].startswith("gone"):
            assert back.move("--undo") != 0
            assert back.move() == 0
            back.is_in("b", held)
        else:
            assert back.move("--undo") == 0
            back.is_in("a", held)
    assert len(seen) >= 3


@pytest.mark.parametrize("calls,stride", [SOME, EACH])
def test_an_undo_killed_at_any_step_goes_on_or_the_move_does(installation, held, calls, stride):
    for left in killed(installation, ["fsync"], 1):
        if left.state()[0].startswith("gone"):
            break
        copied = left.copy("copied")
    assert copied.holds("b") == held  # the last step before the switch
    for left in killed(copied, calls, stride, "--undo"):
        assert left.state() in ON_THE_WAY_BACK
        on = left.copy("moved after all")
        assert left.move("--undo") == 0
        left.is_in("a", held)
        assert on.move() == 0
        on.is_in("b", held)
