# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several processes on one volume, as replicas, backups and curious people make them."""

import os
import sqlite3
import subprocess
import threading

import pytest

from support.servers import free_port
from support.traffic import Crowd, Person
from support.watched import WatchedServer
from support.wire import base_collection

USERS = {"ada": "a", "bob": "b"}
REPLICAS = 4


class Replica(WatchedServer):
    """A media-sync on the volume of another server."""

    name = "media-sync"

    def __init__(self, folder, base):
        super().__init__(folder)
        self.base = base
        self._environment = {
            "PATH": os.environ["PATH"],
            "ANKISYNCD_DATA": str(base),
            "ANKISYNCD_HOST": "127.0.0.1",
            "ANKISYNCD_PORT": str(self.port),
            "ANKISYNCD_OPS_PORT": "0",
        }

    def command(self):
        return [self.program.with_name("media-sync")]


@pytest.fixture
def server(tmp_path):
    server = WatchedServer(tmp_path, users=USERS).start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def replicas(server, tmp_path):
    """Four media-sync beside the server. Accounts of the environment are the server's alone: devices log in there."""
    started = []
    for number in range(REPLICAS):
        folder = tmp_path / f"replica{number}"
        folder.mkdir()
        started.append(Replica(folder, server.base).start())
    yield started
    for replica in started:
        replica.stop()


def people_at(servers, server):
    """Two persons per server, all of two users, with the keys that `server` gave."""
    people = []
    for number, target in enumerate(servers):
        for user, password in USERS.items():
            person = Person(server.url, user, password, number)
            person.log_in()
            key = person._wire.key
            person = Person(target.url, user, password, number)
            person._wire.key = key
            person._number = 1000 * (number + 1)  # names of its own
            people.append(person)
    return people


def test_replicas_and_the_server_write_one_index_at_once(server, replicas):
    """Beside them: a reader that holds a transaction, a plain open() and close, a backup, and a replica that starts."""
    for user, password in USERS.items():
        server.login(user, password).upload(base_collection())
    people = people_at([server, *replicas], server)
    disturb = [Disturbance(server, step) for step in (hold_a_transaction, open_and_close, back_up, start_a_replica)]
    threads = [threading.Thread(target=lambda p=p: [p.send_media() for _ in range(12)]) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for disturbance in disturb:
        disturbance.end()
    for user, password in USERS.items():
        everything = Person(server.url, user, password, 0)
        everything.log_in()
        for person in people:
            if person.user == user:
                assert person.statuses == [], "writers wait for each other, nobody is refused"
                everything.ledger.media |= person.ledger.media
        everything.ledger.uncertain_media = {}
        everything._check_media()
        assert len(everything.ledger.media) == 12 * 3 * (REPLICAS + 1)
        index = sqlite3.connect(server.user_folder(user) / "collection.media.server.db")
        assert index.execute("pragma integrity_check").fetchone() == ("ok",)
        usns = [usn for usn, in index.execute("select usn from media order by usn")]
        assert len(set(usns)) == len(usns), "no number was given twice"
        assert index.execute("select last_usn from totals").fetchone()[0] == max(usns)
        index.close()


class Disturbance:
    """Does the same over and over on a thread of its own."""

    def __init__(self, server, step):
        self._over = threading.Event()
        self._error = None
        self._thread = threading.Thread(target=self._run, args=(server, step))
        self._thread.start()

    def _run(self, server, step):
        try:
            while not self._over.wait(0.01):
                step(server)
        except BaseException as error:
            self._error = error

    def end(self):
        self._over.set()
        self._thread.join()
        if self._error:
            raise self._error


def databases(server):
    yield from (server.base / name for name in ("auth.db", "session.db"))
    for user in USERS:
        yield server.user_folder(user) / "collection.media.server.db"
        yield server.collection(user)


def hold_a_transaction(server):
    held = []
    for path in databases(server):
        if path.exists():
            reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
            reader.execute("begin")
            reader.execute("select count(*) from sqlite_master").fetchone()
            held.append(reader)
    threading.Event().wait(0.1)
    for reader in held:
        reader.execute("commit")
        reader.close()


def open_and_close(server):
    """In a process that has it open, this would drop SQLite's locks; in another one it is harmless."""
    for path in databases(server):
        if path.exists():
            with open(path, "rb") as plain:
                plain.read(100)


def back_up(server):
    for path in databases(server):
        if path.exists():
            source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            copy = sqlite3.connect(":memory:")
            source.backup(copy)
            copy.create_collation("unicase", lambda a, b: (a > b) - (a < b))
            assert copy.execute("pragma quick_check").fetchone() == ("ok",), path
            source.close()
            copy.close()


def start_a_replica(server):
    folder = server.folder / f"newcomer{free_port()}"
    folder.mkdir()
    Replica(folder, server.base).start().stop()


def test_readers_and_backups_beside_syncs_harm_nothing(server):
    crowd = Crowd(server.url, USERS, seed=1)
    crowd.log_in()
    disturb = [Disturbance(server, step) for step in (hold_a_transaction, open_and_close, back_up)]
    crowd.begin()
    while crowd.done < 60:
        threading.Event().wait(0.05)
    crowd.end()
    for disturbance in disturb:
        disturbance.end()
    assert crowd.statuses() == set()
    crowd.check()


def test_two_processes_on_one_collection_exclude_each_other_with_a_reason(server, tmp_path):
    ada = server.login("ada", "a")
    ada.upload(base_collection())
    (tmp_path / "second").mkdir()
    second = WatchedServer(tmp_path / "second", users=USERS, SYNC_BASE=str(server.base)).start()
    there = second.login("ada", "a")
    there.key = ada.key
    for method in ("meta", "start", "upload", "download"):
        content = base_collection() if method == "upload" else {"v": 11, "cv": "x", "minUsn": 0, "lnewer": False}
        assert there.call(method, content).status == 503, method
    assert "is open in" in second.log() and str(server.pid) in second.log()
    assert there.call("begin", {"v": "x"}, service="msync").status == 200, "media are nobody's alone"
    server.stop()
    assert there.call("meta", {"v": 11, "cv": "x"}).status == 200, "and goes on when the other one is gone"
    second.stop()


def test_accounts_are_changed_by_many_at_once(server):
    """Four ankisyncctl and the server's logins on auth.db and session.db."""
    program = server.program.with_name("ankisyncctl")
    failures = []

    def operate(number):
        for step in range(6):
            name = f"user{number}x{step}"
            command = [program, "--data", server.base, "user", "add", name, "--password-stdin"]
            done = subprocess.run(command, input=b"p\n", capture_output=True)
            if done.returncode != 0:
                failures.append(done.stderr)
            server.login(name, "p").call("meta", {"v": 11, "cv": "x"})

    threads = [threading.Thread(target=operate, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    listed = subprocess.run([program, "--data", server.base, "user", "list"], capture_output=True, text=True).stdout
    assert all(f"user{number}x{step}" in listed for number in range(4) for step in range(6))
    for name in ("auth.db", "session.db"):
        database = sqlite3.connect(server.base / name)
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        database.close()
