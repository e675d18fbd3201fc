# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new day: what was buried comes back, on the server's copy as on the devices'."""
import sqlite3

import pytest

from support.world import settle, sync

BURIED = "select queue from cards order by id"


def yesterday(world, *devices):
    """Everybody, the server too, last unburied yesterday."""
    world.server.stop()
    for device in devices:
        device.close()
    for path in (world.server.collection(world.user), *(device.path for device in devices)):
        with sqlite3.connect(path) as collection:
            day = int(collection.execute("select val from config where key = 'lastUnburied'").fetchone()[0])
            collection.execute("update config set val = ? where key = 'lastUnburied'", (str(day - 1).encode(),))
        collection.close()
    world.server.start()


@pytest.fixture
def buried(world):
    """Two devices in sync, on the second day of the collection, with one card buried by hand, one by the scheduler."""
    laptop, phone = world.devices_in_sync("laptop", "phone")
    laptop.change("update col set crt = crt - 86400")
    sync(laptop)
    laptop.close()
    laptop.add_notes([[["one", ""], ""], [["two", ""], ""]])
    laptop.bury(laptop.cards("one or two"))
    laptop.change("update cards set queue = -2 where id = ?", laptop.cards("two")[0])
    settle(laptop, phone)
    assert phone.sql(BURIED) == [[0], [-3], [-2]]
    return laptop, phone


def test_a_device_that_downloads_the_next_day_sees_no_buried_cards(world, buried, agree):
    laptop, phone = buried
    yesterday(world, laptop, phone)
    phone.add_notes([[["three", ""], ""]])
    sync(phone)
    tablet = world.device("tablet")
    tablet.download()
    assert tablet.sql(BURIED) == [[0]] * 4
    sync(laptop)
    assert laptop.sql(BURIED) == [[0]] * 4
    agree()


def test_on_the_same_day_they_stay_buried(world, buried, agree):
    laptop, phone = buried
    phone.add_notes([[["three", ""], ""]])
    settle(phone, laptop)
    assert laptop.sql(BURIED) == [[0], [-3], [-2], [0]]
    agree()


@pytest.mark.ours
def test_the_new_day_alone_is_no_change_for_other_devices(world, buried):
    laptop, phone = buried
    sync(laptop)
    yesterday(world, laptop, phone)
    before = laptop.sql("select mod from col")
    sync(phone, laptop)
    assert laptop.sql("select mod from col") == before
