# SPDX-License-Identifier: AGPL-3.0-or-later
"""Crowds, slow ones, greedy ones and vanishing ones: memory stays within its bound, nobody gets another's answer, and
the honest are served."""

import contextlib
import json
import os
import random
import resource
import socket
import struct
import threading

import pytest

from support.traffic import Person
from support.watched import WatchedServer
from support.wire import base_collection, frame

MIB = 1 << 20
USERS = {f"user{number}": "p" for number in range(6)}
SECONDS = 60 if "ANKISYNC_LONG" in os.environ else 4  # of storm
NOISE, LESS_NOISE = (
    ["insert into config values ('noise', 1, 0, ?)", [json.dumps(os.urandom(size).hex()).encode()]]
    for size in (5 * MIB, MIB // 2)
)
# Bodies in memory (limits.memory_bytes), buffers of connections and answers, SQLite's caches, threads and the program.
LIMITS = {"ANKISYNCD_LIMITS_MEMORY_BYTES": "16MiB"}
MEMORY_MAX = 16 * MIB + 150 * MIB


@pytest.fixture
def server(tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # our side of the connections needs descriptors too
    server = WatchedServer(tmp_path, users=USERS, **LIMITS).start()
    yield server
    server.stop()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def request(wire, method, content, service="sync", size=None):
    """The head, and the body as it should be."""
    body = frame(content if isinstance(content, bytes) else json.dumps(content).encode())
    header = json.dumps({"v": 11, "k": wire.key, "c": "test", "s": "a"})
    head = f"POST /{service}/{method} HTTP/1.1\r\nHost: x\r\nanki-sync: {header}\r\n"
    return f"{head}Content-Length: {size or len(body)}\r\n\r\n".encode(), body


def reset(connection):
    """As when a phone loses its network for good."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def is_served(server, user="user0"):
    person = Person(server.url, user, "p", random.random())
    person._wire.key = server.login(user, "p").key
    assert person.upload() and person.sync() and person.send_media()
    person.check()


def test_thousands_of_connections_that_say_little_disturb_nobody(server):
    wire = server.login("user1", "p")
    before = server.descriptors()
    with contextlib.ExitStack() as held:
        for number in range(3000):
            connection = held.enter_context(connect(server))
            head, body = request(wire, "upload", base_collection(), size=1_000_000)
            say = (b"", b"POST /sync/me", head[:-2], head, head + body[:1000])[number % 5]
            with contextlib.suppress(OSError):
                connection.sendall(say)
        is_served(server)
        assert server.memory_bytes("VmHWM") < MEMORY_MAX
    until_closed(server, before)
    is_served(server)


def until_closed(server, before):
    """Nothing of a connection stays behind."""
    for _ in range(600):
        if server.descriptors() <= before + 20:
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"{server.descriptors()} descriptors, {before} before")


def test_answers_that_nobody_reads_cost_no_memory(server):
    """Twenty unread downloads cost the official server 728 MB."""
    wire = server.login("user1", "p")
    wire.upload(base_collection(NOISE))
    head, body = request(wire, "download", {})
    with contextlib.ExitStack() as held:
        for _ in range(150):
            connection = held.enter_context(connect(server))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(head + body)
        is_served(server)
        assert server.memory_bytes("VmHWM") < MEMORY_MAX
    is_served(server, "user1")


def test_bodies_beyond_the_memory_go_to_the_disk(server):
    """All that is received at once, from everybody, is held to one bound."""
    wires = [server.login(user, "p") for user in USERS]
    noise = os.urandom(2 * MIB)
    with contextlib.ExitStack() as held:
        for number in range(120):
            connection = held.enter_context(connect(server))
            head, _ = request(wires[number % len(wires)], "upload", noise, size=3 * MIB)
            with contextlib.suppress(OSError):
                connection.sendall(head + noise)
        assert server.memory_bytes("VmHWM") < MEMORY_MAX


def test_a_vanished_ones_answer_reaches_nobody_else(server):
    """begin tells a device its own key: whoever reads another one's got a stranger's answer."""
    over = threading.Event()
    strangers, served = [], []

    def vanish(wire):
        head, body = request(wire, "begin", {"v": "x"}, service="msync")
        large, nothing = request(wire, "download", {})
        chance = random.Random(wire.key)
        while not over.is_set():
            with contextlib.suppress(OSError):
                connection = connect(server)
                connection.settimeout(0.5)  # some are never answered
                connection.sendall(chance.choice([head + body, (head + body) * 3, large + nothing, head + body[:3]]))
                if chance.random() < 0.5:
                    connection.recv(1)
                reset(connection)

    def verify(wire):
        while not over.is_set():
            with connect(server) as connection:
                for _ in range(20):
                    head, body = request(wire, "begin", {"v": "x"}, service="msync")
                    connection.sendall(head + body)
                    answer = connection.recv(65536)
                    if not answer:
                        break
                    if b"HTTP/1.1 200" in answer:
                        served.append(1)
                        strangers.extend(key for key in key_of(answer) if key != wire.key)
                    elif b"HTTP/1.1 503" not in answer:
                        strangers.append(answer)

    users = list(USERS)
    for user in users[:3]:
        server.login(user, "p").upload(base_collection(LESS_NOISE))
    threads = [threading.Thread(target=vanish, args=(server.login(user, "p"),)) for user in users[:3] * 2]
    threads += [threading.Thread(target=verify, args=(server.login(user, "p"),)) for user in users[3:]]
    for thread in threads:
        thread.start()
    threading.Event().wait(SECONDS)
    over.set()
    for thread in threads:
        thread.join()
    assert strangers == []
    assert len(served) > 50
    is_served(server)


def key_of(answer):
    import zstandard

    body = answer.partition(b"\r\n\r\n")[2]
    text = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    yield json.loads(text)["data"]["sk"]


def test_one_users_flood_is_refused_early_and_others_are_served(server):
    """requests_per_user: the flooder is told to come back; the others do not notice."""
    greedy = server.login("user1", "p")
    greedy.upload(base_collection(LESS_NOISE))
    over = threading.Event()
    statuses, hints = set(), set()

    body = base_collection(LESS_NOISE)

    def flood():
        while not over.is_set():
            answer = greedy.call("upload", body, skey="")
            statuses.add(answer.status)
            if answer.status == 503:
                hints.add(answer.headers.get("retry-after"))

    threads = [threading.Thread(target=flood) for _ in range(24)]
    for thread in threads:
        thread.start()
    for user in ("user2", "user3", "user4"):
        is_served(server, user)
    over.set()
    for thread in threads:
        thread.join()
    assert statuses <= {200, 503}
    assert hints <= {"5"}
    assert server.memory_bytes("VmHWM") < MEMORY_MAX


def test_over_the_bound_of_requests_503_comes_before_the_body(tmp_path):
    """limits.requests, of which strangers may have half; limits.requests_per_user."""
    users = {f"user{number}": "p" for number in range(10)}
    few = {"ANKISYNCD_LIMITS_REQUESTS": "32", "ANKISYNCD_LIMITS_REQUESTS_PER_USER": "4"}
    server = WatchedServer(tmp_path, users=users, **few).start()
    wires = [server.login(user, "p") for user in users]
    with contextlib.ExitStack() as held:

        def begin(wire, method):
            """The status of a request of which not a byte of the body is sent; None while it is waited for."""
            connection = held.enter_context(connect(server))
            connection.sendall(request(wire, method, {}, size=1_000_000)[0])
            connection.settimeout(0.3)
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                return None
            assert b"retry-after: 5" in answer.lower()
            return int(answer.split()[1])

        assert [begin(wires[0], "upload") for _ in range(6)] == [None] * 4 + [503] * 2
        stranger = server.login("user0", "p")
        assert [begin(stranger, "hostKey") for _ in range(18)] == [None] * 16 + [503] * 2
        assert [begin(wire, "upload") for wire in wires[1:4] for _ in range(4)] == [None] * 12
        assert begin(wires[5], "upload") == 503, "all 32 are taken"
    until_served(wires[0])
    server.stop()


def until_served(wire):
    """Whoever vanished makes room as soon as the server sees it."""
    for _ in range(600):
        if wire.call("meta", {"v": 11, "cv": "x"}).status == 200:
            return
        threading.Event().wait(0.1)
    raise AssertionError("still refused")
