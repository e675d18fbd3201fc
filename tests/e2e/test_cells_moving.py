# SPDX-License-Identifier: AGPL-3.0-or-later
"""Users who move between cells while their devices sync (docs/cells.md): every sync that was acknowledged is there in the end,
and only a user who is being moved is ever told to come back later."""
import json
import os
import random
import sqlite3
import subprocess
import threading
import time

import pytest

from support import tables
from support.cells import Cells, same_bucket
from support.device import NEWEST, ClientError, Device
from support.wire import Wire

PASSWORD = "geheim"
WAIT = 60  # seconds, for what takes one


@pytest.fixture
def cells(tmp_path):
    cells = Cells(tmp_path / "cells").start()
    yield cells
    cells.stop()


class Person:
    """A user with a device that syncs again and again on a thread of its own. Fronts of all notes that a sync took: kept."""

    def __init__(self, cells, folder, name, version=NEWEST):
        self.cells, self.name, self.folder, self.version = cells, name, folder, version
        self.cell, self.moving, self.moves, self.kept, self.failures = "a", False, 0, [], []
        self.account = cells.add_user("a", name, PASSWORD)
        self.device = Device(f"{name}'s", folder, version)
        self.device.log_in(name, PASSWORD, cells["a"].url)
        self.device.add_notes([[["first", ""], ""]])
        self.kept.append("first")
        self.device.upload()
        self.device.add_media(f"{name}.png", f"picture of {name}")
        self.device.sync_media()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sync_on)

    def begin(self):
        self._thread.start()

    def _sync_on(self):
        number = 0
        while not self._stop.is_set():
            number += 1
            front = f"{self.name} {number}"
            self.device.add_notes([[[front, ""], ""]])
            self.kept.append(front)  # if not this sync, the next one takes it
            if number % 3 == 0:
                self.device.add_media(f"{number}.png", front)
            self._sync()

    def _sync(self):
        moves = self.moves
        try:
            assert self.device.sync() == "no changes"
            self.device.sync_media()
        except AssertionError as error:
            self.failures.append(f"{self.name}: {error!r}")
        except ClientError as error:
            if not self.moving and self.moves == moves:
                self.failures.append(f"{self.name}: {error!r}")

    def move(self, to, kill_after=None):
        """Kills the program after that time, if it takes so long, and lets it go on."""
        self.moving = True
        start = [self.cells[self.cell].program.with_name("ankisyncctl"), "--data", self.cells[self.cell].base, "cell", "move",
                 self.name, to, "--to-data", self.cells[to].base, "--cells", self.cells.file]
        if kill_after is not None:
            program = subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(kill_after)
            program.kill()
            program.wait()
        done = subprocess.run(start, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        self.cells[self.cell].control("cell", "confirm", self.name)
        self.cell = to
        # Cells read the file within a second; until they have, those of the move say that it goes on.
        self.wait_until_served()
        self.moves += 1
        self.moving = False

    def wait_until_served(self):
        deadline = time.monotonic() + WAIT
        home = self.cells[self.cell]
        for cell in self.cells:
            while True:
                answer = Wire(cell.url).call("meta", {"v": 11, "cv": "test"}, key=self.device.hkey)
                if cell is home and answer.status == 200 and answer.json()["cont"]:
                    break
                if cell is not home and answer.headers.get("location") == home.url:
                    break
                assert answer.status != 403 and time.monotonic() < deadline, (cell.cell, answer)
                time.sleep(0.05)

    def end(self):
        self._stop.set()
        self._thread.join(timeout=WAIT)
        assert not self._thread.is_alive()
        deadline = time.monotonic() + WAIT
        while True:  # once more, undisturbed
            try:
                assert self.device.sync() == "no changes"
                self.device.sync_media()
                return
            except ClientError:
                assert time.monotonic() < deadline, "does not sync any more"

    def check(self):
        """A new device, logged in at any cell, has all of it."""
        late = Device(f"{self.name}'s late", self.folder, self.version)
        late.log_in(self.name, PASSWORD, self.cells["c"].url)
        assert late.sync() == "download"
        late.download()
        late.sync_media()
        assert late.media_hashes() == self.device.media_hashes()
        assert sorted(late.fields(note)[0] for note in late.notes("")) == sorted(self.kept)
        late.close()
        self.device.close()
        found = tables.differences(tables.read(self.device.path), tables.read(late.path))
        assert not found, "\n".join(found[:20])
        assert self.device.check_database() == []
        late.quit()


def run(people, moves, chance):
    """moves: how often everybody moves; chance: of random.Random, for when and where to kill."""
    for person in people:
        person.begin()
    try:
        for _ in range(moves):
            for person in people:
                to = chance.choice([name for name in "abc" if name != person.cell])
                person.move(to, kill_after=chance.choice([None, chance.uniform(0, 1.5)]))
    finally:
        for person in people:
            person.end()
    for person in people:
        person.check()
        person.device.quit()
    assert [failure for person in people for failure in person.failures] == []


def test_users_move_back_and_forth_while_they_sync(cells, tmp_path):
    people = [Person(cells, tmp_path, "ada"), Person(cells, tmp_path, "grace", "2.1.66")]
    run(people, 2, random.Random(1))


@pytest.mark.long
def test_many_users_move_back_and_forth_while_they_sync(cells, tmp_path):
    seed = int(os.environ.get("ANKISYNC_SEED", random.randrange(1 << 30)))
    print(f"ANKISYNC_SEED={seed}")
    people = [Person(cells, tmp_path, f"user {n}", "2.1.66" if n % 4 == 0 else NEWEST) for n in range(8)]
    run(people, 5, random.Random(seed))


def ctl(cells, cell, *arguments):
    return cells[cell].control("--json", "cell", *arguments)


def test_a_bucket_moves_with_all_its_users_but_not_with_those_who_have_an_exception(cells):
    twin, pinned = same_bucket("ada", 2)
    for name in ("ada", twin):
        cells.add_user("a", name)
    account = cells.add_user("a", pinned)
    cells.place("a", (account, pinned, "a"))
    move = ("move", "--bucket", "494", "b", "--to-data", str(cells["b"].base), "--cells", str(cells.file))
    would = json.loads(ctl(cells, "a", *move, "--dry-run"))["would_move"]
    assert sorted(user["user"] for user in would) == sorted(["ada", twin])
    assert json.loads(cells["b"].control("--json", "user", "list")) == []
    ctl(cells, "a", *move)
    assert sorted(user["name"] for user in json.loads(cells["b"].control("--json", "user", "list"))) == sorted(["ada", twin])
    held = json.loads(ctl(cells, "a", "show"))["moves"]
    assert {each["user"]: each["state"] for each in held} == {"ada": "gone to b", twin: "gone to b"}
    text = cells.file.read_text()
    assert "494" in text and "exceptions" in text and twin not in text and pinned in text
    ctl(cells, "a", "confirm", "--all")


def test_a_move_that_was_interrupted_can_be_undone(cells, tmp_path):
    person = Person(cells, tmp_path, "ada")
    move = ("move", "ada", "b", "--to-data", str(cells["b"].base), "--cells", str(cells.file))
    program = subprocess.Popen([cells["a"].program.with_name("ankisyncctl"), "--data", cells["a"].base, "cell", *move])
    accounts = sqlite3.connect(f"file:{cells['a'].base / 'auth.db'}?mode=ro", uri=True)
    while not accounts.execute("select 1 from holds").fetchone():
        assert program.poll() is None
    program.kill()
    program.wait()
    accounts.close()
    assert [each["state"] for each in json.loads(ctl(cells, "a", "show"))["moves"]] == ["leaving for b"]
    with pytest.raises(ClientError):
        person.device.sync()
    ctl(cells, "a", *move, "--undo")
    assert person.device.sync() == "no changes"
    assert json.loads(ctl(cells, "a", "show"))["moves"] == []
    person.device.quit()
