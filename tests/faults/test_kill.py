# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIGKILL at any moment, under mixed traffic: nothing that was acknowledged is lost, nothing is half there."""

import random
import subprocess
import time

import pytest

from support.traffic import Crowd
from support.watched import WatchedServer

USERS = {"ada": "a", "bob": "b", "cy": "c"}
ROUNDS = pytest.mark.parametrize("rounds", [20, pytest.param(300, marks=pytest.mark.long)])


@ROUNDS
def test_a_server_that_is_killed_loses_nothing(tmp_path, rounds):
    server = WatchedServer(tmp_path, users=USERS).start()
    crowd = Crowd(server.url, USERS)
    crowd.log_in()
    chance = random.Random(rounds)
    for number in range(rounds):
        crowd.begin()
        crowd.wait_for_something_new()
        time.sleep(chance.uniform(0, 0.2))
        server.kill()
        crowd.end()
        server.start()
        crowd.check()
    server.stop()
    assert crowd.statuses() <= {503}


@ROUNDS
def test_an_account_that_was_made_is_there_after_a_kill(tmp_path, rounds):
    """ankisyncctl said "added", a login gave a key: both hold, whoever is killed next."""
    server = WatchedServer(tmp_path).start()
    chance = random.Random(rounds)
    keys = {}
    for number in range(rounds // 2):
        name = f"user{number}"
        command = [
            server.program.with_name("ankisyncctl"),
            "--data",
            server.base,
            "user",
            "add",
            name,
            "--password-stdin",
        ]
        control = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        control.stdin.write(b"p\n")
        control.stdin.close()
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, 0.2))
            control.kill()
        if control.wait() == 0:
            keys[name] = server.login(name, "p").key
        server.kill()
        server.start()
        for user, key in keys.items():
            wire = server.login(user, "p")
            assert wire.call("meta", {"v": 11, "cv": "x"}, key=key).status == 200, user
    server.stop()
