# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is measured: each a generator that is given a server, and yields the figures of a round, again and again."""
import concurrent.futures
import itertools
import time

import collections_of_size as sized
import media
from client import COMPRESSOR, play_together
from syncing import Learner

ROWS = 22  # of a small sync: 10 reviews, 10 cards, 2 notes


def ms_each(costs, times):
    return {f"{name} ms": value / times * 1000 for name, value in costs.items()}


def learner(server, cards, number=1, **more):
    """A device whose collection lies on the server."""
    path = sized.collection(cards, **more)
    device = Learner(server.log_in(number), sized.counts(path))
    device.frame = COMPRESSOR.compress(path.read_bytes())
    server.connection().play(device.upload(device.frame))
    return device


def start_with_accounts(server):
    yield {"cpu ms": server.cpu_s() * 1000, "memory MB": server.status("VmRSS")}


def meta(server, requests=3000):
    device, connection = learner(server, 1000), server.connection()
    while True:
        with server.costs() as costs:
            for _ in range(requests):
                connection.play(device.meta())
        yield ms_each(costs, requests)


def meta_of_many_connections(server, users=32, connections_each=8, seconds=3):
    """Fewer of each user than one user may have requests waiting (limits.requests_per_user, 16)."""
    devices = [learner(server, 1000, number) for number in range(1, users + 1)]
    while True:
        with server.costs() as costs:
            durations = play_together(server.port, [device.meta for device in devices] * connections_each, seconds,
                                      warm_up=0)
        yield {"requests/s": len(durations) / costs["wall"], "cpu ms": costs["cpu"] / len(durations) * 1000}


def small_sync(server, cards, syncs=150):
    """As many in a row as make the differences of single ones disappear."""
    device = learner(server, cards)
    with server.fsyncs() as found:
        connection = server.connection()
        for _ in range(syncs):
            usn = connection.play(device.sync_up())
    while True:
        connection = server.connection()  # a server may end one that rests while the other's round is measured
        with server.costs() as up:
            for _ in range(syncs):
                usn = connection.play(device.sync_up())
        with server.costs() as down:
            for _ in range(syncs):
                connection.play(device.sync_down(usn, ROWS))
        yield {**{"up " + name: value for name, value in ms_each(up, syncs).items()},
               **{"down " + name: value for name, value in ms_each(down, syncs).items()},
               **{name: count / syncs for name, count in found.items()}}


def users_at_once(server, users=64, cards=20_000, seconds=5):
    devices = [learner(server, cards, number) for number in range(1, users + 1)]
    while True:
        with server.costs() as costs:
            durations = play_together(server.port, [device.sync_up for device in devices], seconds, warm_up=0)
        yield {"syncs/s": len(durations) / costs["wall"], "p50 ms": quantile(durations, 0.5) * 1000,
               "p99 ms": quantile(durations, 0.99) * 1000, "cpu ms": costs["cpu"] / len(durations) * 1000,
               "memory MB": server.status("VmRSS")}


def quantile(durations, part):
    return sorted(durations)[int(len(durations) * part)]


def large_sync(server, reviews=50_000, cards=10_000):
    device, connection = learner(server, 20_000), server.connection()
    while True:
        with server.costs() as up:
            usn = connection.play(device.sync_up(reviews, cards, 0))
        with server.costs() as down:
            requests = connection.play(device.sync_down(usn, reviews + cards))
        yield {"up cpu s": up["cpu"], "up wall s": up["wall"], "down cpu s": down["cpu"], "down wall s": down["wall"],
               "chunks": requests}


def full_sync(server, megabytes=250, at_once=4):
    size = sized.collection(400 * megabytes, 10, 300).stat().st_size
    devices = [learner(server, 400 * megabytes, number, reviews_each=10, words_each=300) for number in range(1, at_once + 1)]
    device = devices[0]
    while True:
        connection = server.connection()
        with server.peak() as up_peak, server.costs() as up:
            connection.play(device.upload(device.frame))
        with server.peak() as down_peak, server.costs() as down:
            connection.play(device.download(size))
        with server.peak() as peak_of_all, concurrent.futures.ThreadPoolExecutor(at_once) as threads:
            list(threads.map(lambda other: server.connection().play(other.upload(other.frame)), devices))
        yield {"upload cpu s": up["cpu"], "upload wall s": up["wall"], "upload peak MB": up_peak["MB"],
               "download cpu s": down["cpu"], "download wall s": down["wall"], "download peak MB": down_peak["MB"],
               f"{at_once} uploads at once peak MB": peak_of_all["MB"]}


def media_sync(server, files, bytes_each, begins=200):
    for round_ in itertools.count():
        device = media.Device(server.log_in(1 + round_))
        connection = server.connection()
        contents = media.contents(round_, files, bytes_each)
        with server.costs() as up:
            connection.play(device.upload(contents))
        with server.costs() as down:
            connection.play(device.download(contents))
        yield {"up cpu s": up["cpu"], "up wall s": up["wall"], "down cpu s": down["cpu"], "down wall s": down["wall"],
               **begun(server, connection, device, begins)}


def begun(server, connection, device, begins):
    with server.costs() as begin:
        for _ in range(begins):
            connection.play(device.begin())
    return {"begin cpu ms": begin["cpu"] / begins * 1000}


def media_index(server, files=100_000, begins=200):
    """Somebody has so many files; a new device asks what they are."""
    device, contents = media.Device(server.log_in()), media.contents(0, files, 8)
    server.connection().play(device.upload(contents))
    while True:
        connection = server.connection()
        with server.costs() as changes:
            connection.play(device.changes(contents))
        yield {"changes cpu s": changes["cpu"], "changes wall s": changes["wall"],
               **begun(server, connection, device, begins)}


def many_users(server, users=300, idle=500, rest=10):
    """Memory: idle, after so many have synced, per idle connection."""
    figures = {"idle MB": server.status("VmRSS")}
    device = learner(server, 1000)
    figures["one synced MB"] = server.status("VmRSS")
    for number in range(1, users + 1):
        learner_of = learner(server, 1000, number)
        server.connection().play(learner_of.sync_up())
    figures["all synced MB"] = server.status("VmRSS")
    time.sleep(rest)
    figures["at rest MB"] = server.status("VmRSS")
    figures["descriptors"] = server.descriptors()
    before = server.status("VmRSS")
    held = [server.connection() for _ in range(idle)]
    for connection in held:
        connection.play(device.meta())
    figures["KB a connection"] = (server.status("VmRSS") - before) * 1024 / len(held)
    yield figures
