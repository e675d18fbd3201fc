# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIGTERM: requests in flight are answered, syncs that go on are finished, the rest is rolled back, exit status 0."""

import ctypes
import http.client
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.servers import free_port
from support.traffic import Crowd
from support.watched import WatchedServer
from support.wire import NO_CHANGES, base_collection, frame

USERS = {"ada": "a", "bob": "b", "cy": "c"}
NOTE = [9, "guid", 1000, 100, 0, "", "F\x1fB", "", "", 0, ""]
LARGE = ["insert into config values ('noise', 1, 0, ?)", [json.dumps(os.urandom(8_000_000).hex()).encode()]]


@pytest.fixture
def server(tmp_path):
    server = WatchedServer(tmp_path, users=USERS).start()
    yield server
    if server.is_running():
        server.stop()


def wait_until_stopping(server):
    while "stopping" not in server.log():
        time.sleep(0.01)


def begin_post(server, wire, path, body, sent):
    """A request whose body has been sent as far as `sent` bytes; answers its connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", path)
    connection.putheader("anki-sync", json.dumps({"v": 11, "k": wire.key, "c": "test", "s": "a"}))
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body[:sent])
    return connection


def test_requests_in_flight_are_answered(server):
    up, down = server.login("ada", "a"), server.login("bob", "b")
    down.upload(base_collection(LARGE))
    body = frame(base_collection("insert into tags values ('arrived', 1, 0, null)"))
    uploading = begin_post(server, up, "/sync/upload", body, 100)
    empty = frame(b"{}")
    downloading = begin_post(server, down, "/sync/download", empty, len(empty))
    downloading.sock.recv(1)  # its answer has begun, and is much larger than what sockets hold
    while server.metrics()['ankisync_http_requests_in_flight{method="sync/upload"}'] < 1:
        time.sleep(0.01)  # its head is on its way in still, and only what has begun is in flight
    server.signal(signal.SIGTERM)
    wait_until_stopping(server)
    uploading.send(body[100:])
    assert uploading.getresponse().status == 200
    taken = 1
    while data := downloading.sock.recv(1 << 20):
        taken += len(data)
    assert taken > 8_000_000
    assert server.wait(30) == 0
    server.start()
    assert ("arrived",) in server.login("ada", "a").stored().execute("select tag from tags").fetchall()


def test_a_sync_that_goes_on_is_finished_and_a_silent_one_is_rolled_back(server):
    busy, silent = server.login("ada", "a"), server.login("bob", "b")
    for wire in (busy, silent):
        wire.upload(base_collection())
        wire.start(min_usn=0, newer=True)
        wire.done("applyChunk", {"chunk": {"notes": [NOTE]}})
    server.signal(signal.SIGTERM)
    wait_until_stopping(server)
    for method, content in (("meta", {"v": 11, "cv": "x"}), ("hostKey", {"u": "cy", "p": "c"}), ("start", {})):
        refused = busy.call(method, content)
        assert (refused.status, refused.headers["retry-after"]) == (503, "5"), method
    busy.done("applyChanges", {"changes": NO_CHANGES})
    assert busy.done("sanityCheck2", {"client": [[0, 0, 0], 0, 1, 0, 0, 1, 1, 1]})["status"] == "ok"
    busy.done("finish", {})
    assert server.wait(30) == 0
    for user in ("ada", "bob"):
        assert not list(server.user_folder(user).glob("*-wal")), "everything is in one file"
    server.start()
    held = [
        server.login(user, USERS[user]).stored().execute("select count(*) from notes").fetchone()
        for user in ("ada", "bob")
    ]
    assert held == [(1,), (0,)]


def test_a_client_that_does_not_read_holds_up_no_stop(tmp_path):
    server = WatchedServer(tmp_path, ANKISYNCD_LIMITS_SHUTDOWN="2s").start()
    wire = server.login()
    wire.upload(base_collection(LARGE))
    empty = frame(b"{}")
    stuck = begin_post(server, wire, "/sync/download", empty, len(empty))
    stuck.sock.recv(1)
    idle = socket.create_connection(("127.0.0.1", server.port))
    server.signal(signal.SIGTERM)
    assert server.wait(30) == 0
    idle.close()


def test_many_stops_under_traffic_lose_nothing_and_end_well(server):
    crowd = Crowd(server.url, USERS)
    crowd.log_in()
    for _ in range(4):
        crowd.begin()
        crowd.wait_for_something_new()
        server.signal(signal.SIGTERM)
        assert server.wait(30) == 0
        crowd.end()
        server.start()
        crowd.check()
    assert crowd.statuses() <= {503}


PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000


def ptrace(request, thread):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(ctypes.c_long(request), ctypes.c_long(thread), None, None) != 0:
        return ctypes.get_errno()
    return 0


@pytest.mark.long  # 10 s of silence count as frozen
def test_a_frozen_thread_of_the_network_shows_in_livez(tmp_path):
    ops = free_port()
    server = WatchedServer(tmp_path, ANKISYNCD_OPS_PORT=str(ops)).start()
    threads = [int(name) for name in os.listdir(f"/proc/{server.pid}/task")]
    moving_bytes = [thread for thread in threads if name_of(server.pid, thread) == "http-io"]
    assert len(moving_bytes) == 3, "two for clients, one for the operator"
    for thread in moving_bytes:
        if ptrace(PTRACE_SEIZE, thread) != 0:
            server.stop()
            pytest.skip("ptrace is not allowed here")
        assert ptrace(PTRACE_INTERRUPT, thread) == 0
        os.waitpid(thread, WALL)  # it has stopped
        until(lambda: livez(ops) != 200)
        assert ptrace(PTRACE_DETACH, thread) == 0
        until(lambda: livez(ops) == 200)
    server.stop()


def name_of(process, thread):
    return Path(f"/proc/{process}/task/{thread}/comm").read_text().strip()


def livez(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
