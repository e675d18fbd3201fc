# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long twenty people's small syncs take while others make work."""
import contextlib
import itertools
import multiprocessing
import threading
import time

import collections_of_size as sized
import media
from client import Device, play_together
from workloads import learner, quantile


def neighbours(server, users=20, seconds=5, megabytes=250, media_files=25, logins=4):
    devices = [learner(server, 20_000, number) for number in range(1, users + 1)]
    noises = {"quiet": [],
              "transfers": [transfers(server, users + 1, megabytes)],
              "log-ins": [logging_in(server, users + 2 + n) for n in range(logins)],
              "media": [sending_media(server, users + 1, media_files)]}
    while True:
        figures = {}
        for name, deeds in noises.items():
            with going_on(deeds):
                durations = play_together(server.port, [device.sync_up for device in devices], seconds)
            figures |= {f"{name} p50 ms": quantile(durations, 0.5) * 1000, f"{name} p99 ms": quantile(durations, 0.99) * 1000}
        yield figures


@contextlib.contextmanager
def going_on(deeds):
    """Each again and again, in a process of their own: this one has to look at its clock in time."""
    if not deeds:
        yield
        return
    process = multiprocessing.get_context("fork").Process(target=repeat, args=(deeds,), daemon=True)
    process.start()
    yield
    assert process.is_alive(), "the noise broke off"
    process.terminate()
    process.join()


def repeat(deeds):
    threads = [threading.Thread(target=lambda deed=deed: [deed() for _ in itertools.count()], daemon=True) for deed in deeds]
    for thread in threads:
        thread.start()
    while all(thread.is_alive() for thread in threads):  # what fails ends the process, which is noticed
        threads[0].join(0.1)


def transfers(server, number, megabytes):
    size = 400 * megabytes, 10, 300
    device = learner(server, size[0], number, reviews_each=size[1], words_each=size[2])
    file_bytes = sized.collection(*size).stat().st_size

    def deed():
        connection = server.connection()
        connection.play(device.upload(device.frame))
        connection.play(device.download(file_bytes))
    return deed


def logging_in(server, number):
    return lambda: server.connection().play(Device().log_in(f"u{number}", "p"))


def sending_media(server, number, files):
    device = media.Device(server.log_in(number))

    def deed():
        held = media.contents(time.time_ns(), files, 2_000_000)  # new ones each time
        server.connection().play(device.send(held))
    return deed
