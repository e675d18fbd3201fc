# SPDX-License-Identifier: AGPL-3.0-or-later
"""Moving in and out: a server takes another's place, and no device notices.

Each scenario's devices keep their key and their collection; the proof is that their next sync finds nothing to do.
"""
import contextlib
import fcntl
import json
import os
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from support import foreign_layouts, tables
from support.device import Device
from support.servers import USERS, OfficialServer, OurServer, free_port
from support.world import settle

pytestmark = pytest.mark.ours


class Move:
    """Three devices of two people, with notes, reviews and media, all in step with the official server."""

    def __init__(self, folder):
        self.folder = folder
        self.server = OfficialServer(folder).start()
        self.laptop, self.phone, self.other = [Device(name, folder) for name in ("laptop", "phone", "other")]
        for device, user in ((self.laptop, "ada"), (self.phone, "ada"), (self.other, "é ü")):
            device.log_in(user, USERS[user], self.server.url)
            device.add_media(f"{user} {device.name} ä.txt", f"by {device.name}")
        self.laptop.add_notes([[["front", "back"], "tag"], [["zwei", "two"], ""]], deck="A::B")
        self.laptop.upload()
        self.phone.download()
        self.phone.answer(self.phone.cards(""), 3)
        settle(self.phone, self.laptop)
        self.other.add_notes([[["other", "person"], ""]])
        self.other.upload()
        for device in (self.laptop, self.phone, self.other, self.laptop):
            device.sync_media()
        self.laptop.remove_media(["ada phone ä.txt"])
        self.laptop.sync_media()
        self.phone.sync_media()
        self.statuses = [device.status() for device in self.devices]  # the phone's is "normal": docs/differences.md
        self.server.stop()

    @property
    def devices(self):
        return self.laptop, self.phone, self.other

    def to(self, server):
        """The same devices' address leads to another server now."""
        self.server = server
        for device in self.devices:
            device.go_through(server.url)

    def nobody_notices(self):
        """The key is good, no full sync is asked for, nothing changes at those who were in step, no medium moves."""
        assert [device.status() for device in self.devices] == self.statuses
        before = [self.positions(device) for device in self.devices]
        for device in self.devices:
            device.sync_media()
            assert device.sync() == "no changes"
        after = [self.positions(device) for device in self.devices]
        assert [media for _, media in after] == [media for _, media in before]
        assert (after[0], after[2]) == (before[0], before[2])
        self.statuses = [device.status() for device in self.devices]
        assert set(self.laptop.media()) == set(self.phone.media()) == {"ada laptop ä.txt"}

    @staticmethod
    def positions(device):
        """How far the device thinks it is: collection and media."""
        device.close()
        with contextlib.closing(sqlite3.connect(device.path)) as collection:
            usn = collection.execute("select usn, mod, scm from col").fetchone()
        with contextlib.closing(sqlite3.connect(device.path.with_suffix(".media.db2"))) as media:
            return usn, media.execute("select lastUsn from meta").fetchone()

    def works_on(self):
        """Changes go both ways, and a new device gets everything."""
        self.phone.add_notes([[["after", "the move"], ""]])
        self.phone.add_media("after.txt", "after the move")
        settle(self.phone, self.laptop)
        for device in (self.phone, self.laptop):
            device.sync_media()
        newcomer = Device("newcomer " + self.server.name, self.folder)
        newcomer.log_in("ada", USERS["ada"], self.server.url)
        newcomer.download()
        newcomer.sync_media()
        for device in (newcomer, self.phone):
            device.close()
        assert not tables.differences(tables.read(newcomer.path), tables.read(self.phone.path), {("col", "mod")})
        assert newcomer.media() == self.laptop.media() == self.phone.media()
        newcomer.quit()

    def quit(self):
        for device in self.devices:
            device.quit()
        self.server.stop()


@pytest.fixture
def move(tmp_path):
    move = Move(tmp_path)
    yield move
    move.quit()


def media_rows(base):
    rows = {}
    for user in USERS:
        if (base / user / "media.db").exists():
            with contextlib.closing(sqlite3.connect(base / user / "media.db")) as index:
                rows[user] = index.execute("select fname, csum, size, usn, mtime from media order by fname").fetchall()
                rows[user].append(index.execute("select * from meta").fetchall())
    return {user: held for user, held in rows.items() if held != [[(0, 0, 0)]]}


def content_of(base):
    return {path.relative_to(base): path.read_bytes() for path in sorted(base.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))}


def test_replacing_the_official_server_is_another_program_on_the_same_variables(move):
    old = content_of(move.server.base)
    move.to(OurServer(move.folder).start())
    move.nobody_notices()
    move.works_on()
    assert old.items() <= content_of(move.server.base).items()  # its files are as it left them
    assert "export official" in (move.server.base / "MOVED-TO-ANKISYNCD.txt").read_text()
    move.server.stop()
    move.server.start()  # moves nothing in again
    assert "full" not in [device.status() for device in move.devices]


def test_and_the_way_back_is_an_export(move):
    rows = media_rows(move.server.base)
    collections = {user: tables.read(move.server.collection(user)) for user in ("ada", "é ü")}
    move.to(OurServer(move.folder).start())
    move.nobody_notices()
    exported = move.folder / "exported"
    move.server.control("export", "official", str(exported))
    move.server.stop()
    assert media_rows(exported) == rows
    for user, held in collections.items():
        assert not tables.differences(tables.read(exported / user / "collection.anki2"), held)
    official = OfficialServer(move.folder, SYNC_BASE=str(exported))
    move.to(official.start())
    move.nobody_notices()
    move.works_on()


def test_a_move_that_was_killed_goes_on_at_the_next_start(move):
    server = OurServer(move.folder)
    for delay in (0.02, 0.03, 0.05, 0.08):
        process = subprocess.Popen(server.command(), env=server._environment, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
    move.to(server.start())
    move.nobody_notices()


def test_until_all_have_moved_nobody_is_served_and_readyz_says_how_far_it_is(move):
    ops = free_port()
    server = OurServer(move.folder, ANKISYNCD_OPS_PORT=str(ops))
    server.control("volume", "init")
    server.control("user", "list")  # makes auth.db
    folder = server.base / "collections/users/ada"
    folder.mkdir(parents=True)
    starting = threading.Thread(target=server.start)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as somebody who uses ada's folder: the move waits for it
        starting.start()
        while "moving in: user 1 of 2, media file 0 of " not in readyz(ops):
            assert starting.is_alive()
            time.sleep(0.02)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(server.url + "health", timeout=5)
    starting.join()
    assert json.loads(readyz(ops))["ready"]
    move.to(server)
    move.nobody_notices()


def readyz(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).read().decode()
    except urllib.error.HTTPError as not_ready:
        return not_ready.read().decode()
    except urllib.error.URLError:
        return ""  # not even that is served yet


def test_the_command_imports_into_a_running_server_and_says_beforehand_what_it_would_do(move):
    old = move.server.base
    server = OurServer(move.folder, users={}, SYNC_BASE=str(move.folder / "new"), ANKISYNCD_STORAGE_CREATE="true")
    server.base = move.folder / "new"
    server.start()
    variables = {f"SYNC_USER{n}": f"{name}:{password}" for n, (name, password) in enumerate(USERS.items(), 1)}

    def control(*arguments):
        return json.loads(subprocess.run(
            [server.program.with_name("ankisyncctl"), "--data", server.base, "--json", *arguments], check=True,
            env=os.environ | variables, stdout=subprocess.PIPE, text=True).stdout)

    told = control("import", "official", str(old), "--dry-run")
    assert [(user["user"], user["outcome"]) for user in told["users"]] == [
        ("ada", "would move in"), ("é ü", "would move in")]
    assert "no accounts" in server.control("user", "list")
    done = control("import", "official", str(old))
    assert [(user["outcome"], user["devices"]) for user in done["users"]] == [("moved in", 1)] * 2
    assert {user["outcome"] for user in control("import", "official", str(old))["users"]} == {"moved in before"}
    move.to(server)
    move.nobody_notices()
    move.works_on()


def test_the_old_server_must_have_stopped(move):
    move.server.start()
    move.laptop.sync_media()  # now it has databases open
    done = subprocess.run([OurServer.program.with_name("ankisyncctl"), "--data", move.folder / "new", "volume", "init"])
    assert done.returncode == 0
    done = subprocess.run(
        [OurServer.program.with_name("ankisyncctl"), "--data", move.folder / "new", "import", "official", move.server.base],
        env=os.environ | {"SYNC_USER1": "ada:lovelace"}, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3 and "stop the old server" in done.stderr


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "moving", folder], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small disk of its own needs root: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_short_of_space_nothing_begins_and_the_old_files_may_be_given_away(small_disk):
    move = Move(small_disk)
    old, new = move.server.base, small_disk / "new"
    server = OurServer(small_disk, users={}, SYNC_BASE=str(new), ANKISYNCD_STORAGE_CREATE="true")
    server.base = new
    move.server.start()
    for number in range(3):
        move.laptop.add_media(f"large {number}.bin", f"{number}123456789abcdef" * 800_000)
    move.laptop.sync_media()
    move.phone.sync_media()
    move.server.stop()
    held = content_of(old)
    server.start()
    with open(small_disk / "ballast", "wb") as ballast:
        ballast.truncate(0)
        room = os.statvfs(small_disk)
        ballast.write(bytes(room.f_bavail * room.f_frsize - (20 << 20)))

    def give(*how):
        command = [server.program.with_name("ankisyncctl"), "--data", new, "import", "official", old, *how]
        return subprocess.run(command, env=os.environ | {"SYNC_USER1": "ada:lovelace"}, capture_output=True, text=True)

    replacing = OurServer(small_disk)
    with pytest.raises(RuntimeError, match=" MiB left: make room"):
        replacing.start()
    assert held.items() <= content_of(old).items()
    refused = give()
    assert refused.returncode == 3 and " MiB left: make room" in refused.stderr, refused.stderr
    assert "no accounts" in server.control("user", "list") and held.items() <= content_of(old).items()
    assert give("--move").returncode == 0
    assert not [path for path in content_of(old) if path.name.startswith("large")]
    move.to(server)
    assert move.laptop.sync() == "no changes" and move.laptop.status() == "no changes"
    newcomer = Device("newcomer", small_disk.parent)
    newcomer.log_in("ada", USERS["ada"], server.url)
    newcomer.download()
    newcomer.sync_media()
    assert newcomer.media() == move.laptop.media()
    newcomer.quit()
    move.quit()


@pytest.mark.parametrize("layout", foreign_layouts.LAYOUTS)
def test_servers_of_the_python_family_move_in(move, layout):
    """Their files are made of what the official server kept: the same collections, media and usns in their layout."""
    root = move.folder / "old"
    keys = {"ada": move.laptop.hkey, "é ü": move.other.hkey}
    foreign_layouts.LAYOUTS[layout](root, move.server.base, {user: USERS[user] for user in keys}, keys)
    old = content_of(root)
    server = OurServer(move.folder, users={}, SYNC_BASE=str(move.folder / "new"), ANKISYNCD_STORAGE_CREATE="true")
    server.base = move.folder / "new"
    server.start()
    command = "ankisync-rs" if layout.startswith("rs") else "ankisyncd"
    if layout == "cognito":
        for user in keys:
            server.control("user", "add", user, "--password-stdin", password=USERS[user])
    path = root if layout.startswith("rs") else root / "collections"
    server.control("import", command, str(path))
    for device, user in ((move.laptop, "ada"), (move.phone, "ada"), (move.other, "é ü")):
        device.hkey = foreign_layouts.key_of(layout, user, USERS[user], keys[user])
    move.to(server)
    move.nobody_notices()
    move.works_on()  # a newcomer's login proves the password
    assert content_of(root) == old


def test_replacing_a_python_server_is_another_program_with_its_configuration(move):
    root = move.folder / "old"
    keys = {"ada": move.laptop.hkey, "é ü": move.other.hkey}
    foreign_layouts.classic(root, move.server.base, {user: USERS[user] for user in keys}, keys)
    old = content_of(root / "collections")
    (root / "ankisyncd.conf").write_text(
        f"[sync_app]\nhost = 127.0.0.1\nport = 1\ndata_root = {root}/collections\nauth_db_path = {root}/auth.db\n"
        f"session_db_path = {root}/session.db\nbase_url = /sync/\nuser_manager = a.b.C\n")
    server = OurServer(move.folder, users={}, ANKISYNCD_CONFIG=str(root / "ankisyncd.conf"))
    for variable in ("SYNC_BASE", "SYNC_HOST", "SYNC_PORT"):
        del server._environment[variable]
    server._environment["ANKISYNCD_PORT"] = str(server.port)
    move.to(server.start())
    assert "user_manager" in server.log()  # is gone, and the log says so
    move.nobody_notices()
    move.works_on()
    assert old.items() <= content_of(root / "collections").items()
    assert "start the old server" in (root / "collections" / "MOVED-TO-ANKISYNCD.txt").read_text()


@pytest.mark.parametrize("legacy", [False, True], ids=["", "legacy"])
def test_a_package_that_anki_exported_becomes_an_account_and_back(tmp_path, legacy):
    server = OurServer(tmp_path, users={}, ANKISYNCD_STORAGE_CREATE="true").start()
    server.control("user", "add", "ada", "--password-stdin", password="lovelace")
    laptop = Device("laptop", tmp_path)
    laptop.add_media("ä.txt", "media")
    laptop.add_notes([[["front", "back [sound:ä.txt]"], "tag"], [["zwei", "two"], ""]], deck="A::B")
    laptop.answer(laptop.cards(""), 3)
    laptop.export_collection(str(tmp_path / "mine.colpkg"), legacy)
    server.control("import", "colpkg", str(tmp_path / "mine.colpkg"), "ada")
    phone = Device("phone", tmp_path)
    for device in (laptop, phone):
        device.log_in("ada", "lovelace", server.url)
    phone.download()
    for device in (phone, laptop):
        device.sync_media()
    laptop.download()
    for device in (phone, laptop):
        device.close()
    assert not tables.differences(tables.read(phone.path), tables.read(laptop.path))
    assert len(phone.notes("")) == 2 and phone.media() == laptop.media() == {"ä.txt": "media"}

    server.control("export", "colpkg", "ada", str(tmp_path / "theirs.colpkg"))
    fresh = Device("fresh", tmp_path)
    fresh.import_collection(str(tmp_path / "theirs.colpkg"))
    assert fresh.fields(fresh.notes("tag:tag")[0]) == ["front", "back [sound:ä.txt]"]
    assert fresh.media() == {"ä.txt": "media"}
    for device in (laptop, phone, fresh):
        device.quit()
    server.stop()
