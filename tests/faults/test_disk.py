# SPDX-License-Identifier: AGPL-3.0-or-later
"""The volume's disk is full, read-only or gone; descriptors or memory are short.

Trouble of ours is a 5xx, never a 400 ("Check Database") or a 403 (devices forget their login). Nothing acknowledged is
lost, nothing is half there, and the server goes on by itself when the cause is gone.
"""

import os
import signal
import socket
import subprocess
import time

import pytest

from support.traffic import Crowd
from support.watched import WatchedServer, can_trace
from support.wire import base_collection

USERS = {"ada": "a", "bob": "b"}
MIB = 1 << 20


def mounted(folder, size):
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "faults", folder]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small disk of its own needs root: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path):
    """A server whose volume is a disk of 24 MiB."""
    server = WatchedServer(tmp_path, users=USERS)
    mounted(server.base, "24m")
    yield server
    if server.is_running():
        server.stop()
    subprocess.run(["umount", "-l", server.base], check=True)


def fill(folder, leave=0):
    """Takes all space but `leave` bytes; answers the file that holds it."""
    ballast = folder / "ballast"
    with open(ballast, "ab", buffering=0) as out:  # or closing it would write once more
        try:
            while True:
                out.write(bytes(65536))
        except OSError:
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - leave))
    return ballast


def run_for(crowd, seconds):
    crowd.begin()
    time.sleep(seconds)
    crowd.end()


def settle(crowd):
    """The cause is gone: everybody can do everything again, and nothing was lost."""
    for person in crowd.people:
        for step in (person.sync, person.upload, person.send_media):
            assert step(), (person.user, step.__name__, person.statuses[-3:])
    crowd.check()


@pytest.mark.parametrize("leave", [0, 30_000, 200_000, 1_000_000], ids=lambda leave: f"{leave} bytes left")
def test_a_full_disk_loses_nothing_and_passes(small_disk, leave):
    small_disk.start()
    crowd = Crowd(small_disk.url, USERS, seed=leave)
    crowd.log_in()
    run_for(crowd, 0.3)
    crowd.check()
    ballast = fill(small_disk.base, leave)
    run_for(crowd, 1)
    assert crowd.statuses() <= {503}
    assert crowd.statuses(), "the disk was never full"
    ballast.unlink()
    settle(crowd)


def test_a_full_disk_and_a_kill_lose_nothing(small_disk):
    small_disk.start()
    crowd = Crowd(small_disk.url, USERS, seed=7)
    crowd.log_in()
    run_for(crowd, 0.3)
    for leave in (0, 50_000, 400_000):
        ballast = fill(small_disk.base, leave)
        crowd.begin()
        time.sleep(0.5)
        small_disk.kill()
        crowd.end()
        ballast.unlink()
        small_disk.start()
        crowd.check()
    assert crowd.statuses() <= {503}
    settle(crowd)


def test_a_download_from_a_full_disk_is_whole_or_refused(small_disk):
    """The official server answers 200 with a damaged database."""
    small_disk.start()
    wire = small_disk.login("ada", "a")
    wire.upload(base_collection())
    fill(small_disk.base)
    wire.call("start", {"minUsn": 0, "lnewer": False})
    answer = wire.call("download", {})
    assert answer.status in (200, 503)
    if answer.status == 200:
        assert len(answer.body) > 4096 and answer.body.startswith(b"SQLite format 3\0")
        wire.stored().execute("pragma integrity_check")


def test_a_volume_that_is_read_only_at_the_start_is_refused_or_served_as_trouble(small_disk):
    """As after a file system error and a reboot; nobody is logged out, and all is well when it is writable again."""
    small_disk.start()
    crowd = Crowd(small_disk.url, USERS, seed=3)
    crowd.log_in()
    run_for(crowd, 0.3)
    small_disk.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk.base], check=True)
    try:
        small_disk.start()
    except RuntimeError as refused:
        assert "Read-only file system" in str(refused)
    else:
        run_for(crowd, 0.3)
        assert crowd.statuses() == {503}
        small_disk.stop()
    subprocess.run(["mount", "-o", "remount,rw", small_disk.base], check=True)
    small_disk.start()
    settle(crowd)


INJECTED = {  # what strace makes the kernel answer
    "every fsync fails": "fsync,fdatasync:error=EIO",
    "some fsyncs fail": "fsync,fdatasync:error=EIO:when=2+3",
    "every write to a database fails": "pwrite64:error=EROFS",
    "some writes to databases fail": "pwrite64:error=EIO:when=3+7",
    "every rename fails": "rename:error=EIO",
    "some opens fail": "openat:error=EMFILE:when=2+5",
}


@pytest.mark.skipif(not can_trace(), reason="strace cannot trace here")
@pytest.mark.parametrize("what", INJECTED)
def test_a_disk_that_fails_for_a_while_loses_nothing_and_passes(tmp_path, what):
    server = WatchedServer(tmp_path, users=USERS).start()
    crowd = Crowd(server.url, USERS, seed=11)
    crowd.log_in()
    run_for(crowd, 0.3)
    calls = INJECTED[what].partition(":")[0]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={INJECTED[what]}"]
    tracer = subprocess.Popen([*command, "-p", str(server.pid)])
    time.sleep(0.3)
    run_for(crowd, 1.5)
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    assert crowd.statuses() == {503}, crowd.people[0].statuses[-5:]
    settle_soon(crowd)
    server.kill()  # what is told from memory alone is not on the disk
    server.start()
    crowd.check()
    server.stop()


def test_a_disk_that_goes_away_is_never_taken_for_an_empty_one(small_disk, tmp_path):
    """Nobody is logged out, no device is told that its collection is empty."""
    small_disk.start()
    wire = small_disk.login("ada", "a")
    wire.upload(base_collection("insert into tags values ('kept', 1, 0, null)"))
    wire.call("begin", {"v": "x"}, service="msync")
    small_disk.stop()
    subprocess.run(["umount", small_disk.base], check=True)
    try:
        small_disk._environment["ANKISYNCD_STORAGE_CREATE"] = "false"  # as images say it
        try:
            small_disk.start()
        except RuntimeError:
            return  # it does not start: nobody is told anything
        for method, service in (("meta", "sync"), ("download", "sync"), ("begin", "msync"), ("mediaChanges", "msync")):
            assert wire.call(method, {"v": 11, "cv": "x"}, service=service).status == 503, method
    finally:
        mounted_again = subprocess.run(["mount", "-t", "tmpfs", "faults", small_disk.base])
        assert mounted_again.returncode == 0


def test_out_of_descriptors_passes(tmp_path):
    """Connections are bounded below the limit; what else needs a descriptor is refused as trouble of ours."""
    server = WatchedServer(tmp_path, users=USERS, prefix=["prlimit", "--nofile=120:120"]).start()
    crowd = Crowd(server.url, USERS, seed=5)
    crowd.log_in()
    run_for(crowd, 0.3)
    held = []
    for _ in range(300):
        try:
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            connection.sendall(b"POST /sync/meta HTTP/1.1\r\n")
            held.append(connection)
        except OSError:
            break
    run_for(crowd, 0.5)
    assert crowd.statuses() <= {503}
    for connection in held:
        connection.close()
    settle_soon(crowd)
    assert server.descriptors() < 120
    server.stop()


def settle_soon(crowd, seconds=20):
    deadline = time.monotonic() + seconds
    while not all(person.act() for person in crowd.people):
        assert time.monotonic() < deadline, crowd.statuses()
    settle(crowd)


def test_out_of_memory_for_one_request_passes(tmp_path):
    """The address space is as small as the server can live in; large requests are refused, small ones go on."""
    server = WatchedServer(tmp_path, users=USERS)
    server.start()
    crowd = Crowd(server.url, USERS, seed=6)
    crowd.log_in()
    run_for(crowd, 0.3)
    subprocess.run(
        ["prlimit", f"--as={server.memory_bytes('VmSize') + 24 * MIB}:unlimited", "--pid", str(server.pid)], check=True
    )
    wire = server.login("ada", "a")
    statuses = set()
    for _ in range(3):
        wire.start()
        huge = '{"changes":{"models":[],"decks":[[],[]],"tags":[%s]}}' % ",".join(f'"{n}"' for n in range(1_500_000))
        statuses.add(wire.call("applyChanges", huge).status)
        assert wire.meta()["cont"]
    assert statuses == {503}, statuses
    run_for(crowd, 0.5)
    assert crowd.statuses() <= {503}
    subprocess.run(["prlimit", "--as=unlimited:unlimited", "--pid", str(server.pid)], check=True)
    settle_soon(crowd)
    server.stop()
