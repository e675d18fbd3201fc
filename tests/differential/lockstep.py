# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both servers side by side: the same sync from the same start, once on each.

One server leads: the devices are its own. Before a sync the other one, the follower, is given the leader's collection,
and a twin is given the device's; then the device syncs with the leader, and the twin with the follower. What comes out
must be the same but for what explained.py names. The leader's outcome is what goes on.
"""
import shutil
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from support import tables
from support.device import NEWEST, ClientError, Device
from support.gate import Gate
from support.servers import KINDS, USERS
from support.wire import Wire

from .explained import explanation, other_outcome

USER = "ada"
OTHER = {"ours": "official", "official": "ours"}


UNREAD = {"col": {"ls"}, "config": {"usn", "mtime_secs"}}  # stamps of each copy, which nobody reads


@dataclass
class State:
    """The tables of a server and of the device that synced with it, read by tables.read()."""

    server: dict
    device: dict


class Unexplained(Exception):
    """str() is a line per difference."""


class LockStep:
    """began: the second from which on the clock's times are those of the syncs; everything that people did is older."""

    def __init__(self, folder, leader):
        self.folder = Path(folder)
        self.explained = Counter()  # name of a difference -> how often it was seen
        self.syncs = Counter()  # by outcome
        self._leader, self._follower = [self._start(name) for name in (leader, OTHER[leader])]
        self._leader_wire, self._follower_wire = [self._log_in(server) for server in (self._leader, self._follower)]
        self._gates = [Gate(server.port) for server in (self._leader, self._follower)]
        self._twin = Device("twin", self.folder)
        self._twin.hkey, self._twin.url = self._follower_wire.key, self._gates[1].url
        self.devices = []

    def close(self):
        for device in (*self.devices, self._twin):
            device.quit()
        for gate in self._gates:
            gate.close()
        for server in (self._leader, self._follower):
            server.kill()

    def add_device(self, version):
        device = Device(f"device{len(self.devices)}", self.folder, version)
        device.hkey, device.url = self._leader_wire.key, self._gates[0].url
        self.devices.append(device)
        device.deck_names()  # the client makes its empty collection
        return device

    def sync(self, device, choose):
        """A sync as a person makes it: choose(["upload", "download"]) is asked when the collections cannot be merged."""
        outcome = self._on_both(device, "sync_answer")
        if isinstance(outcome, list) and outcome[0] != "no changes":
            way = choose(["upload", "download"]) if outcome[0] == "full" else outcome[0]
            outcome = self._on_both(device, way)
        return outcome

    def interrupted_sync(self, device, call, where):
        """The connection breaks at that call, before the server sees it ("request") or after it ("answer")."""
        for gate in self._gates:
            gate.cut_at(call, where)
        self._on_both(device, "sync_answer")
        for gate in self._gates:
            gate.cut_at(0, where)  # never

    def sync_media(self, device):
        """The follower's media cannot be replaced; it has seen the same syncs from the start."""
        self._make_twin_of(device)
        for name in ("collection.media", "collection.media.db2"):
            remove(self._twin.path.with_name(name))
            copy(device.path.with_name(name), self._twin.path.with_name(name))
        outcomes = self._do_on_both(device, "sync_media")
        states = []
        for one in (device, self._twin):
            one.close()
            states.append(media_state(one.path))
        if outcomes[0] != outcomes[1] or states[0] != states[1]:
            raise Unexplained(f"sync_media, {self._leader.name} {outcomes[0]} {states[0]},\n"
                              f"{self._follower.name} {outcomes[1]} {states[1]}")

    def upload(self, device):
        return self._on_both(device, "upload")

    def download(self, device):
        return self._on_both(device, "download")

    def server_file(self):
        """A copy of the leader's collection; None before the first upload."""
        return stored(self._leader, self.folder / "leader.anki2")

    def restore_server(self, file):
        self._leader_wire.upload(file)

    def _start(self, name):
        folder = self.folder / name
        folder.mkdir(parents=True)
        return KINDS[name](folder, {USER: USERS[USER]}).start()

    def _log_in(self, server):
        wire = Wire(server.url)
        wire.login(USER, USERS[USER])
        return wire

    def _on_both(self, device, what):
        start = self.server_file()
        if start:
            self._follower_wire.upload(start.read_bytes())
        self._make_twin_of(device)
        before = State(tables.read(start) if start else {}, tables.read(device.path))
        began = int(time.time())
        outcomes = self._do_on_both(device, what)
        if what == "download":
            for wire in (self._leader_wire, self._follower_wire):
                wire.meta()  # the official server, after a download by an old client, keeps the old form until asked
        states = [self._state(server, one)
                  for server, one in ((self._leader, device), (self._follower, self._twin))]
        names = (self._leader.name, self._follower.name)
        self._compare(what, dict(zip(names, outcomes)), before, dict(zip(names, states)), began,
                      device.version != NEWEST)
        return outcomes[0]

    def _do_on_both(self, device, what):
        for one in (device, self._twin):
            one.begin(what)
        outcomes = [answer(one) for one in (device, self._twin)]
        self.syncs[outcomes[0] and outcomes[0][0] or what] += 1
        return outcomes

    def _make_twin_of(self, device):
        device.close()
        if self._twin.version != device.version:
            self._twin.quit()
            self._twin.version = device.version
        self._twin.close()
        shutil.copyfile(device.path, self._twin.path)

    def _state(self, server, device):
        device.close()
        file = stored(server, self.folder / "after.anki2")
        return State(tables.read(file) if file else {}, tables.read(device.path))

    def _compare(self, what, outcomes, before, states, began, is_old):
        ours, official = states["ours"], states["official"]
        problems = []
        if outcomes["ours"] != outcomes["official"]:
            if name := other_outcome(outcomes["ours"], before, ours):
                self.explained[name] += 1
                return
            problems.append(f"{what}: {outcomes}")
            problems += [server.log()[-3000:] for server in (self._leader, self._follower) if server.name == "ours"]
        nothing_yet = what == "sync_answer" and not before.server  # each server has then made an empty one of its own
        for side in ("device",) if nothing_yet else ("server", "device"):
            for difference in tables.differing(timeless(getattr(ours, side), began),
                                               timeless(getattr(official, side), began), own_columns=UNREAD):
                name = explanation(side, difference, what, before, ours, official, is_old)
                if name:
                    self.explained[name] += 1
                else:
                    table, key, column, one, two = difference
                    line = f"{what}, {side}: {table} {key} {column or ''}: ours {one!r}, official {two!r}"
                    problems.append(line[:1000])
        if problems:
            raise Unexplained("\n".join(problems[:20]))


def answer(device):
    try:
        return device.end()
    except ClientError as error:
        return (error.type, error.kind, str(error))


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def media_state(path):
    """The folder beside this collection, and what the client remembers of its last media sync."""
    folder = path.with_name("collection.media")
    database = sqlite3.connect(path.with_name("collection.media.db2"))
    remembered = database.execute("select fname, csum, dirty from media order by fname").fetchall()
    usn = database.execute("select lastUsn from meta").fetchall()
    database.close()
    return {file.name: file.read_bytes()[:100] for file in sorted(folder.iterdir())}, remembered, usn


def stored(server, copy):
    """A server that is not being spoken to keeps everything in its file and WAL."""
    path = server.collection(USER).resolve()
    if not path.exists():
        return None
    for suffix in ("", "-wal"):
        source, target = Path(f"{path}{suffix}"), Path(f"{copy}{suffix}")
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
    connection = sqlite3.connect(copy)
    connection.execute("pragma journal_mode = delete").fetchall()
    connection.close()
    return copy



def timeless(all_tables, began):
    """Two servers do nothing in the same millisecond: times of the sync itself become "now"."""
    def without(table, row):
        unit = 1000 if table == "col" else 1
        return {column: "now" if column in ("mod", "mtime_secs", "scm") and value >= began * unit else value
                for column, value in row.items()}

    return {table: {key: without(table, row) for key, row in rows.items()} for table, rows in all_tables.items()}
