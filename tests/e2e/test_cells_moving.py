# SPDX-License-Identifier: AGPL-3.0-or-later
"""Users who move between cells while their devices sync (docs/cells.md): every sync that was acknowledged is there in the end,
and only a user who is being moved is ever told to come back later."""
import os
import random
import sqlite3
import subprocess

import pytest

from support.cells import Cells, same_bucket
from support.device import ClientError
from support.moving import MIXED, NEWEST, Outages, Person, run


@pytest.fixture
def cells(tmp_path):
    cells = Cells(tmp_path / "cells").start()
    yield cells
    cells.stop()


def test_users_move_back_and_forth_while_they_sync_and_servers_are_killed(cells, tmp_path):
    print(run(cells, tmp_path, MIXED, moves_each=2, movers=2, chance=random.Random(1)))


@pytest.mark.long
def test_forty_users_move_back_and_forth_while_they_sync_and_servers_are_killed(cells, tmp_path):
    seed = int(os.environ.get("ANKISYNC_SEED", random.randrange(1 << 30)))
    print(f"ANKISYNC_SEED={seed}")
    print(run(cells, tmp_path, MIXED * 8, moves_each=5, movers=3, chance=random.Random(seed)))


def test_a_bucket_moves_with_all_its_users_but_not_with_those_who_have_an_exception(cells):
    twin, pinned = same_bucket("ada", 2)
    for name in ("ada", twin):
        cells.add_user("a", name)
    account = cells.add_user("a", pinned)
    cells.place("a", (account, pinned, "a"))
    move = ("move", "--bucket", "494", "b", "--to-data", str(cells["b"].base), "--cells", str(cells.file))
    would = cells["a"].control_json("cell", *move, "--dry-run")["would_move"]
    assert sorted(user["user"] for user in would) == sorted(["ada", twin])
    assert cells["b"].control_json("user", "list") == []
    cells["a"].control("cell", *move)
    assert sorted(user["name"] for user in cells["b"].control_json("user", "list")) == sorted(["ada", twin])
    held = cells["a"].control_json("cell", "show")["moves"]
    assert {each["user"]: each["state"] for each in held} == {"ada": "gone to b", twin: "gone to b"}
    text = cells.file.read_text()
    assert "494" in text and "exceptions" in text and twin not in text and pinned in text
    cells["a"].control("cell", "confirm", "--all")


def test_a_move_that_was_interrupted_can_be_undone(cells, tmp_path):
    person = Person(cells, Outages(cells), tmp_path, "ada", NEWEST, seed=1)
    move = ("move", "ada", "b", "--to-data", str(cells["b"].base), "--cells", str(cells.file))
    program = subprocess.Popen([cells["a"].program.with_name("ankisyncctl"), "--data", cells["a"].base, "cell", *move])
    accounts = sqlite3.connect(f"file:{cells['a'].base / 'auth.db'}?mode=ro", uri=True)
    while not accounts.execute("select 1 from holds").fetchone():
        assert program.poll() is None
    program.kill()
    program.wait()
    accounts.close()
    assert [each["state"] for each in cells["a"].control_json("cell", "show")["moves"]] == ["leaving for b"]
    with pytest.raises(ClientError):
        person.device.sync()
    cells["a"].control("cell", *move, "--undo")
    assert person.device.sync() == "no changes"
    assert cells["a"].control_json("cell", "show")["moves"] == []
    person.device.quit()
