# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts that change while their devices sync, and what the people at the devices read."""
import json
import threading
import time

import pytest

from support.device import ClientError
from support.wire import Wire
from support.world import sync

pytestmark = pytest.mark.ours

MIB = 1 << 20


@pytest.fixture
def ctl(world):
    """ankisyncctl on the running server's data; answers its output."""
    return world.server.control


def told(action):
    """What the person reads when it fails."""
    with pytest.raises(ClientError) as error:
        action()
    return str(error.value)


def quota(ctl, user="ada"):
    return json.loads(ctl("quota", "show", user, "--json"))[0]


def test_a_disabled_account_is_told_so_and_its_devices_stay_logged_in(world, ctl):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    ctl("user", "disable", "ada")
    assert "is disabled" in told(laptop.sync)
    wire = Wire(world.server.url)
    wire.login("ada", "lovelace")
    assert b"is disabled" in wire.call("upload", b"x", skey="").body
    ctl("user", "enable", "ada")
    sync(laptop, phone)


def test_a_revoked_device_is_out_and_the_others_are_not(world, ctl):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    newest, _ = devices = json.loads(ctl("device", "list", "ada", "--json"))
    assert [device["address"] for device in devices] == ["127.0.0.1"] * 2
    year = phone.version.split(".")[0]
    assert all(device["client"].startswith(year + ".") for device in devices)
    ctl("device", "revoke", str(newest["id"]))
    with pytest.raises(ClientError) as error:
        phone.sync()
    assert error.value.kind == "AUTH"
    sync(laptop)


def test_a_renamed_account_keeps_its_data_and_devices(world, ctl, tmp_path):
    ctl("user", "add", "linus", "--password-stdin", password="torvalds\n")
    world.user = "linus"
    wire = Wire(world.server.url)
    wire.login("linus", "torvalds")
    ctl("user", "rename", "linus", "linus@example.org")
    assert wire.meta()["cont"]
    wire.login("linus@example.org", "torvalds")
    assert wire.meta()["cont"]


def test_maintenance_is_read_at_the_device_and_ends_the_sync_of_another(world, ctl):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    wire = Wire(world.server.url)
    wire.login("ada", "lovelace")
    wire.start()
    ctl("maintenance", "on", "--message", "Back at nine.")  # waits until the collection is given back
    assert wire.call("finish", {}).status == 503
    assert "Back at nine." in told(laptop.sync)
    ctl("maintenance", "off")
    assert wire.call("finish", {}).status == 409
    sync(laptop, phone)


def test_an_account_is_purged_while_its_device_is_logged_in(world, ctl):
    ctl("user", "add", "linus", "--password-stdin", password="torvalds\n")
    wire = Wire(world.server.url)
    wire.login("linus", "torvalds")
    wire.start(min_usn=0)
    folder = world.server.collection("linus").parent
    assert folder.exists()
    ctl("user", "del", "linus", "--purge", "--yes")
    assert wire.call("meta", {"v": 11, "cv": "test"}).status == 403
    assert not folder.exists()


def test_a_full_quota_is_told_with_the_numbers(world, ctl):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    ctl("quota", "set", "ada", "--collection", str(quota(ctl)["collection_bytes"]))
    laptop.add_notes([[["large", "x" * MIB], ""]])
    with pytest.raises(ClientError):
        laptop.sync()
    sentence = told(laptop.sync)
    assert "would take 1." in sentence and "MiB" in sentence and "KiB on this server" in sentence
    ctl("quota", "set", "ada", "--collection", "none")
    sync(laptop, phone)
    ctl("quota", "set", "ada", "--collection", "100KiB")
    phone.remove_notes(phone.notes("large"))
    sync(phone)
    phone.add_notes([[["large", "y" * MIB], ""]])
    assert "100.0 KiB on this server" in told(phone.upload)
    assert world.server.metrics()['ankisync_quota_exceeded_total{what="collection"}'] == 2


def test_a_nearly_full_quota_warns_with_the_numbers(world, ctl):
    laptop, = world.devices_in_sync("laptop")
    ctl("quota", "set", "ada", "--collection", str(quota(ctl)["collection_bytes"] * 21 // 20))
    laptop.add_notes([[["small", ""], ""]])
    required, message = laptop.sync_answer()
    assert required == "no changes" and "that you have on this server" in message


def test_a_full_media_quota_is_told_and_takes_what_has_room(world, ctl):
    laptop, = world.devices_in_sync("laptop")
    ctl("quota", "set", "ada", "--files", "1")
    laptop.add_media("a.txt", "a")
    laptop.add_media("b.txt", "b")
    assert "there are 1 of 1" in told(laptop.sync_media)
    assert quota(ctl)["media_files"] == 1
    assert world.server.metrics()['ankisync_quota_exceeded_total{what="media"}'] == 1
    laptop.remove_media(["b.txt"])
    laptop.sync_media()


def test_a_right_password_gets_in_while_somebody_guesses(world):
    over = threading.Event()
    statuses = []

    def guess():
        wire = Wire(world.server.url)
        while not over.is_set():
            statuses.append(wire.call("hostKey", {"u": "ada", "p": "guess"}).status)

    guessers = [threading.Thread(target=guess) for _ in range(3)]
    for guesser in guessers:
        guesser.start()
    while len(statuses) < 12:
        time.sleep(0.01)
    Wire(world.server.url).login("ada", "lovelace")
    over.set()
    for guesser in guessers:
        guesser.join()
    assert set(statuses) <= {403, 503}
    assert "reason=wrong_password" in world.server.log()
