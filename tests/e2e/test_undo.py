# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wrong upload, and the way back; copies that others take while people sync."""
import json
import sqlite3
import subprocess
import time

import pytest

from support.world import settle, sync

pytestmark = pytest.mark.ours


def snapshots(world, count):
    """The user's snapshots, oldest first, when there are so many: a thread of the server makes them."""
    deadline = time.monotonic() + 60
    while True:
        listed = json.loads(world.server.control("snapshot", "list", world.user, "--json"))
        if len(listed) >= count or time.monotonic() > deadline:
            assert len(listed) == count, listed
            return listed
        time.sleep(0.05)


@pytest.fixture
def years_of_work(world):
    laptop, tablet = world.devices_in_sync("laptop", "tablet")
    laptop.add_notes([[[f"word {n}", "Wort"], ""] for n in range(20)], deck="German::Verbs")
    laptop.answer(laptop.cards("deck:German::Verbs")[:5], 3)
    settle(laptop, tablet)
    return laptop, tablet


@pytest.fixture
def wrong_upload(world, years_of_work):
    """From a phone that was set up anew."""
    before = len(json.loads(world.server.control("snapshot", "list", world.user, "--json")))
    phone = world.device("phone")
    phone.add_notes([[["only", "this"], ""]])
    assert phone.sync() == "full"
    phone.upload()
    return phone, snapshots(world, before + 1)[-1]


def test_a_wrong_upload_is_undone_and_all_devices_end_right(world, years_of_work, wrong_upload):
    laptop, tablet = years_of_work
    phone, snapshot = wrong_upload
    assert (snapshot["reason"], snapshot["notes"], snapshot["reviews"], snapshot["damage"]) == ("upload", 21, 5, "")
    words = world.server.control("snapshot", "diff", world.user, snapshot["name"])
    assert "brings back 21 notes, 21 cards, 5 reviews, 2 decks (German, German::Verbs)" in words
    assert "takes away  1 note, 1 card" in words

    assert "choose to download" in world.server.control("snapshot", "restore", world.user, snapshot["name"], "--yes")
    for device in (phone, laptop, tablet):
        assert device.sync() == "full", f"{device.name} is asked, and merges nothing by itself"
        device.download()
    laptop.add_notes([[["and on we", "go"], ""]])
    sync(laptop, phone, tablet)
    assert len(phone.notes("")) == 22
    assert phone.notes("only") == []
    world.check()


def test_a_device_that_has_more_may_upload_after_a_restore(world, years_of_work, wrong_upload):
    laptop, tablet = years_of_work
    phone, snapshot = wrong_upload
    laptop.add_notes([[["meanwhile", "offline"], ""]])
    world.server.control("snapshot", "restore", world.user, snapshot["name"], "--yes")
    assert laptop.sync() == "full"
    laptop.upload()
    for device in (phone, tablet):
        assert device.sync() == "full"
        device.download()
    assert len(phone.notes("")) == 22
    world.check()


def test_a_restore_can_itself_be_undone(world, years_of_work, wrong_upload):
    phone, snapshot = wrong_upload
    done = json.loads(world.server.control("snapshot", "restore", world.user, snapshot["name"], "--yes", "--json"))
    done = json.loads(world.server.control("snapshot", "restore", world.user, done["undo"], "--yes", "--json"))
    assert phone.sync() == "full"
    phone.download()
    assert len(phone.notes("")) == 1
    world.server.control("snapshot", "pin", world.user, done["undo"])
    shown = json.loads(world.server.control("snapshot", "show", world.user, done["undo"], "--json"))
    assert (shown["reason"], shown["notes"], shown["pinned"]) == ("restore", 21, True)


def test_a_snapshot_is_made_in_the_middle_of_a_sync_and_can_be_removed(world, years_of_work):
    laptop, _ = years_of_work
    laptop.add_notes([[["one", ""], ""]] * 50)
    laptop.begin("sync")
    made = json.loads(world.server.control("snapshot", "create", world.user, "--json"))
    assert laptop.end() == "no changes"
    assert made["notes"] in (21, 71), "before the sync or after it, nothing between"
    before = json.loads(world.server.control("snapshot", "list", world.user, "--json"))
    world.server.control("snapshot", "rm", world.user, made["name"], "--yes")
    after = json.loads(world.server.control("snapshot", "list", world.user, "--json"))
    assert [s for s in before if s not in after] == [made]


def test_every_database_can_be_read_by_plain_tools_while_people_sync(world, years_of_work, tmp_path):
    laptop, tablet = years_of_work
    laptop.add_media("a.txt", "a")
    laptop.sync_media()
    user_folder = world.server.collection(world.user).parent
    databases = [user_folder / "collection.anki2", user_folder / "collection.media.server.db",
                 world.server.base / "auth.db", world.server.base / "session.db"]
    laptop.add_notes([[["during", ""], ""]] * 50)
    laptop.begin("sync")
    for number, database in enumerate(databases):
        copy = tmp_path / f"copy-{number}.db"
        subprocess.run(["sqlite3", database, f".backup {copy}"], check=True)
        read = sqlite3.connect(copy)
        read.create_collation("unicase", lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))
        assert read.execute("pragma quick_check").fetchall() == [("ok",)], database
        read.close()
    assert laptop.end() == "no changes"
    sync(tablet)
    world.check()
