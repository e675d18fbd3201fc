# SPDX-License-Identifier: AGPL-3.0-or-later
"""bench.py [--only ours|official] [--rounds N] [--smoke] [NAME…]: what this server costs, the official one beside it.

Each workload runs on both, on empty folders, a round on one and a round on the other; printed are medians, and how many
times as much the official one needs. Every answer is checked. Without a name: all of them, some 30 minutes.
"""
import argparse
import base64
import hashlib
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

import workloads  # noqa: E402
import neighbours  # noqa: E402
from measured import Measured  # noqa: E402

# Of "p", as the official server wants it in SYNC_USER1 with PASSWORDS_HASHED.
HASHED = "$pbkdf2-sha256$i=600000,l=32$c2FsdHNhbHRzYWx0c2E$" + base64.b64encode(
    hashlib.pbkdf2_hmac("sha256", b"p", b"saltsaltsaltsa", 600_000)).decode().rstrip("=")

# name: (the workload, its arguments, what the server is started with)
ALL = {
    "meta": (workloads.meta, {}, {}),
    "meta-256": (workloads.meta_of_many_connections, {}, {"users": 32}),
    **{f"sync-{cards // 1000}k": (workloads.small_sync, {"cards": cards}, {})
       for cards in (1_000, 10_000, 20_000, 100_000, 500_000)},
    "users-64": (workloads.users_at_once, {}, {"users": 64}),
    "large-sync": (workloads.large_sync, {}, {}),
    "full": (workloads.full_sync, {}, {"users": 4}),
    "media-small": (workloads.media_sync, {"files": 2000, "bytes_each": 30_000}, {"users": 20}),
    "media-large": (workloads.media_sync, {"files": 100, "bytes_each": 2_000_000}, {"users": 20}),
    "media-100k": (workloads.media_index, {}, {}),
    "neighbours": (neighbours.neighbours, {}, {"users": 25}),
    "start-1000": (workloads.start_with_accounts, {}, {"users": 1000}),
    "start-1000-hashed": (workloads.start_with_accounts, {}, {"users": 1000, "password": HASHED, "PASSWORDS_HASHED": "1"}),
    "users-300": (workloads.many_users, {}, {"users": 300}),
}
SMOKE = {  # the same in small: whether everything is answered rightly
    "meta": {"requests": 20}, "meta-256": {"users": 3, "connections_each": 4, "seconds": 0.2}, "sync-1k": {"cards": 1000, "syncs": 3},
    "users-64": {"users": 3, "cards": 1000, "seconds": 0.2}, "large-sync": {"reviews": 700, "cards": 300},
    "full": {"megabytes": 1}, "media-small": {"files": 60, "bytes_each": 3000, "begins": 3},
    "media-100k": {"files": 60, "begins": 3}, "start-1000": {},
    "users-300": {"users": 3, "idle": 10, "rest": 0},
    "neighbours": {"users": 2, "seconds": 0.2, "megabytes": 1, "media_files": 1, "logins": 1}}
RESTARTED = {"start-1000", "start-1000-hashed", "users-300"}  # a round is a server's whole life


def main():
    arguments = parse()
    if arguments.smoke:
        for name, small in SMOKE.items():
            ALL[name] = (ALL[name][0], small, {"users": 5})
    for name in arguments.names or (SMOKE if arguments.smoke else ALL):
        figures = run(name, arguments.only or ["ours", "official"], arguments.rounds)
        show(name, figures)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(ALL))
    parser.add_argument("--only", action="append", choices=["ours", "official"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in ALL:
            parser.error(f"no workload '{name}'")
    return arguments


def run(name, kinds, rounds):
    """{kind: {figure: [value of each round]}}"""
    workload, arguments, setting = ALL[name]
    figures = {kind: {} for kind in kinds}
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        lives = rounds if name in RESTARTED else 1
        for life in range(lives):
            servers = {kind: Measured(kind, Path(folder) / f"{kind}{life}", **setting) for kind in kinds}
            running = {kind: workload(server, **arguments) for kind, server in servers.items()}
            for _ in range(1 if name in RESTARTED else rounds):
                for kind in kinds:
                    for figure, value in next(running[kind]).items():
                        figures[kind].setdefault(figure, []).append(value)
            for server in servers.values():
                server.stop()
    return figures


def show(name, figures):
    print(f"\n{name}")
    kinds = list(figures)
    print(f"  {'':24}" + "".join(f"{kind:>12}" for kind in kinds) + ("     official/ours" if len(kinds) == 2 else ""))
    for figure in figures[kinds[0]]:
        medians = [statistics.median(figures[kind][figure]) for kind in kinds]
        line = f"  {figure:24}" + "".join(f"{median:12.3f}" for median in medians)
        if len(medians) == 2 and medians[0]:
            line += f"{medians[1] / medians[0]:18.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
