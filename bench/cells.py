# SPDX-License-Identifier: AGPL-3.0-or-later
"""cells.py [--users N] [--seconds S] [--rounds N] [--smoke]: small syncs of many users who live in one, two and four cells.

Each number of cells is an installation of its own, with as many users; a round is so many seconds on each. Every user's devices
log in by the first cell and sync at their home. Each cell has a load generator, a process of its own: where there are
processors enough, both grow with the cells. Every answer is checked. CPU is that of the servers, without the generators'.
"""
import argparse
import contextlib
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from support.cells import Cells, bucket_of  # noqa: E402

from client import Connection, Device, play_together  # noqa: E402
from measured import Measured  # noqa: E402
from workloads import learner, quantile  # noqa: E402

COUNTS = (1, 2, 4)
BUCKETS = 1024


class MeasuredCell(Measured):
    def __init__(self, server, entrance):
        self.server, self.entrance, self.port, self.pid = server, entrance, server.port, server.process_id

    def log_in(self, name):
        device = Device()
        Connection(self.entrance).play(device.log_in(name, "p"))
        return device.key


class Installation:
    def __init__(self, folder, count, users, cards):
        names = "abcd"[:count]
        folder.mkdir()
        self.cells = Cells(folder, names, ANKISYNCD_LOG_LEVEL="info",
                           **{f"SYNC_USER{n}": f"u{n}:p" for n in range(1, users + 1)})
        width = BUCKETS // count
        self.cells.file.write_text(json.dumps({
            "cells": {cell.cell: {"url": cell.url} for cell in self.cells},
            "buckets": {name: [f"{n * width}-{n * width + width - 1}"] for n, name in enumerate(names)}}))
        self.cells.start()
        self.measured = [MeasuredCell(cell, self.cells["a"].port) for cell in self.cells]
        homes = [[] for _ in names]
        for n in range(1, users + 1):
            homes[bucket_of(f"u{n}") // width].append(f"u{n}")
        self.generators = [Generator(cell, home, cards) for cell, home in zip(self.measured, homes)]

    def round(self, seconds):
        before, began = [cell.cpu_s() for cell in self.measured], time.perf_counter()
        for generator in self.generators:
            generator.pipe.send(seconds)
        played = [generator.answer() for generator in self.generators]
        wall = time.perf_counter() - began
        cpu = [cell.cpu_s() - so_far for cell, so_far in zip(self.measured, before)]
        durations = [duration for each, _ in played for duration in each]
        generators_cpu = sum(used for _, used in played)
        return {"syncs/s": len(durations) / wall, "p50 ms": quantile(durations, 0.5) * 1000,
                "p99 ms": quantile(durations, 0.99) * 1000, "cpu ms a sync": sum(cpu) / len(durations) * 1000,
                "generators' cpu ms": generators_cpu / len(durations) * 1000,
                "processors used": (sum(cpu) + generators_cpu) / wall,
                "busiest cell's share": max(cpu) / sum(cpu),
                "memory MB a cell": statistics.mean(cell.status("VmRSS") for cell in self.measured)}

    def stop(self):
        for generator in self.generators:
            generator.pipe.send(None)
            generator.process.join()
        self.cells.stop()


class Generator:
    def __init__(self, cell, users, cards):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=generate, args=(theirs, cell, users, cards), daemon=True)
        self.process.start()
        theirs.close()
        self.answer()

    def answer(self):
        return self.pipe.recv()  # EOFError: it broke off, and said why


def generate(pipe, cell, users, cards):
    devices = [learner(cell, cards, name) for name in users]
    pipe.send("ready")
    for seconds in iter(pipe.recv, None):
        cpu = time.process_time()
        durations = play_together(cell.port, [device.sync_up for device in devices], seconds, warm_up=0)
        pipe.send((durations, time.process_time() - cpu))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=64)
    parser.add_argument("--cards", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.users, arguments.seconds, arguments.rounds = 16, 0.2, 1
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before", flush=True)
    figures = {count: {} for count in COUNTS}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ROOT / "build")))
        installations = {}
        for count in COUNTS:
            installations[count] = Installation(folder / str(count), count, arguments.users, arguments.cards)
            stack.callback(installations[count].stop)
        for _ in range(arguments.rounds):
            for count, installation in installations.items():
                for figure, value in installation.round(arguments.seconds).items():
                    figures[count].setdefault(figure, []).append(value)
    show(figures)
    print(f"load {os.getloadavg()[0]:.1f} after")


def show(figures):
    print(f"  {'':24}" + "".join(f"{f'{count} cells':>12}" for count in figures))
    for figure in figures[COUNTS[0]]:
        print(f"  {figure:24}" + "".join(f"{statistics.median(figures[count][figure]):12.2f}" for count in figures))


if __name__ == "__main__":
    main()
