# SPDX-License-Identifier: AGPL-3.0-or-later
"""One account, its server and its devices; what every scenario ends with."""
import contextlib
import sqlite3

from . import tables
from .device import NEWEST, Device
from .servers import KINDS, USERS


class World:
    """user's devices on one server. Scenarios talk to devices; check() says whether everybody holds the same."""

    def __init__(self, folder, server_name, user="ada"):
        self.folder, self.user = folder, user
        self.server = KINDS[server_name](folder).start()
        self.devices = []

    def device(self, name, version=NEWEST):
        """A new device, logged in, with an empty collection."""
        device = Device(name, self.folder, version)
        self.devices.append(device)
        device.log_in(self.user, USERS[self.user], self.server.url)
        return device

    def devices_in_sync(self, *names):
        """Devices that share a collection with one note, from the first one's upload."""
        first, *others = [self.device(name) for name in names]
        first.add_notes([[["first", "erste"], ""]])
        first.upload()
        for device in others:
            device.download()
        settle(first, *others)
        return [first, *others]

    def check(self):
        """All devices, and a new one that downloads, hold the same in every table; Check Database finds nothing.

        Returns what they hold, as read by tables.read()."""
        settle(*self.devices)
        newcomer = self.device("newcomer")
        newcomer.download()
        for device in self.devices:
            found = self.differences(newcomer, device)
            assert not found, f"newcomer and {device.name} differ:\n" + "\n".join(found[:40])
        newcomer.close()
        held = tables.read(newcomer.path)
        for device in self.devices:
            problems = device.check_database()
            assert problems == [], f"Check Database on {device.name}: {problems}"
        return held

    def differences(self, one, two, also_own=()):
        """What differs between two devices that should hold the same, a line each."""
        if self.server.name == "official":
            also_own = {("col", "mod"), *also_own}  # its download, and a sync without changes, move it
        one.close()
        two.close()
        return tables.differences(tables.read(one.path), tables.read(two.path), also_own)

    def close(self):
        for device in self.devices:
            device.quit()
        self.server.stop()
        if self.server.name == "ours":
            log = self.server.log()
            assert [text for text in self.card_texts() if text in log] == []

    def card_texts(self):
        """What no log may ever tell, as it may no password and no key (secrets.py); of fields those that are no single
        word, since a word may well be one of the log's own."""
        path = self.server.collection(self.user)
        if path.exists():
            with contextlib.closing(sqlite3.connect(path)) as collection:
                for fields, in collection.execute("select flds from notes"):
                    yield from (field for field in fields.split("\x1f") if " " in field or "<" in field)


def sync(*devices):
    """Each syncs once, in this order, by a normal sync."""
    for device in devices:
        assert device.sync() == "no changes", device.name


def settle(*devices):
    """Until everybody has everybody's changes: a second round brings the last device's to the first."""
    sync(*devices, *devices)
