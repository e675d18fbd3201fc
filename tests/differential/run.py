# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random lives of two to four devices, every sync made on our server and on the official one.

SECONDS              new lives until then
--seeds FIRST-LAST   these lives
--steps N            steps of a life (25); or 3,7,9: these steps alone
A life that differs is made shorter, and the command that lives it again is printed.
"""
import argparse
import itertools
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from differential.deeds import ALL_DEEDS, DEEDS, Hand  # noqa: E402
from differential.lockstep import LockStep, Unexplained  # noqa: E402
from support.device import NEWEST, ClientError  # noqa: E402

STEPS = 40
SYNCS = 0.4  # of the steps
OLD_CLIENTS = ["2.1.50", "2.1.56", "2.1.66", "23.10.1"]  # the first two speak protocol 10
YEAR = 365 * 86400


class Life:
    """Every step has random numbers of its own, so that leaving steps out leaves the others as they were."""

    def __init__(self, seed, folder):
        self.seed = seed
        self.lock_step = LockStep(folder, "official" if seed % 2 else "ours")
        chance = random.Random(f"{seed}")
        self.skews = [chance.choice([0, 0, -5, 5, 200]) for _ in range(chance.randint(2, 4))]
        self.versions = [NEWEST] * len(self.skews)
        if chance.random() < 0.3:
            self.versions[-1] = chance.choice(OLD_CLIENTS)
        self.calm = chance.random() < 0.5  # without what ends in full syncs
        self.deeds = DEEDS if self.calm else ALL_DEEDS
        self.began = int(time.time()) - YEAR
        self.server_files, self.device_files = [], []

    def live(self, steps):
        try:
            self._begin()
            for step in steps:
                self._step(step)
        finally:
            self.lock_step.close()

    def _begin(self):
        for version in self.versions:
            self.lock_step.add_device(version)
        first, *others = self.lock_step.devices
        first.add_notes([[["first", "erste"], "a"], [["second", ""], ""]])
        first.made_at(self.began, self.began, 0)
        for device in (first, *others):
            self.lock_step.sync(device, lambda ways: "download")

    def _step(self, step):
        chance = random.Random(f"{self.seed}/{step}")
        number = chance.randrange(len(self.skews))
        device = self.lock_step.devices[number]
        if chance.random() < SYNCS:
            self._sync(device, chance)
            return
        began = int(time.time())
        deed = chance.choices(list(self.deeds), self.deeds.values())[0]
        try:
            deed(Hand(chance), device)
        except (ClientError, LookupError):
            pass  # the client will not have it, or there is nothing to do it to
        # Four steps share a second, so that edits of the same second are not rare.
        device.made_at(began, self.began + 10 * (step // 4) + self.skews[number], self.skews[number])

    def _sync(self, device, chance):
        way = chance.uniform(0.08 if self.calm else 0, 1)
        if way < 0.02:
            self.lock_step.upload(device)
        elif way < 0.04:
            self.lock_step.download(device)
        elif way < 0.06 and self.server_files:
            self.lock_step.restore_server(chance.choice(self.server_files))
        elif way < 0.08 and self.device_files:
            device.close()
            device.path.write_bytes(chance.choice(self.device_files))
        elif way < 0.18:
            self.lock_step.interrupted_sync(device, chance.randint(1, 8), chance.choice(["request", "answer"]))
        elif way < 0.33:
            self.lock_step.sync_media(device)
        else:
            self.lock_step.sync(device, lambda ways: chance.choices(ways, [1, 3])[0])
            self.server_files.append(self.lock_step.server_file().read_bytes())
            self.device_files.append(device.path.read_bytes())


def live(seed, steps):
    """The differences that nothing explains, or None; what was explained, and the number of syncs."""
    folder = tempfile.mkdtemp(prefix="differential-")
    life = Life(seed, Path(folder))
    try:
        life.live(steps)
        return None, life.lock_step
    except Unexplained as differences:
        return str(differences), life.lock_step
    finally:
        shutil.rmtree(folder)


def shorter(seed, steps):
    """As few of the steps as can be found that still differ: halves, quarters … are left out while they can be."""
    size = len(steps) // 2
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size:]
            if live(seed, fewer)[0]:
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


def numbers(text):
    """"7" is 7, "3-5" is 3, 4, 5."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def steps_of(text):
    return [int(number) for number in text.split(",") if number] if "," in text else list(range(int(text)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=float, nargs="?", default=float("inf"))
    parser.add_argument("--seeds", type=numbers, default=itertools.count(time.time_ns() // 1_000_000))
    parser.add_argument("--steps", type=steps_of, default=list(range(STEPS)))
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.seconds
    failed, syncs, explained = [], Counter(), Counter()
    for seed in arguments.seeds:
        if time.monotonic() > deadline:
            break
        differences, lock_step = live(seed, arguments.steps)
        syncs += lock_step.syncs
        explained += lock_step.explained
        print(f"seed {seed}: {lock_step.syncs.total()} syncs", flush=True)
        if differences:
            failed.append(seed)
            print(differences, flush=True)
            if live(seed, arguments.steps)[0]:
                few = shorter(seed, arguments.steps)
                print(f"again: ./dev fuzz differential --seeds {seed} --steps {','.join(map(str, few))},", flush=True)
            else:
                print("the same life again does not differ", flush=True)
    print(f"{syncs.total()} syncs: {dict(syncs)}; differ: {failed or 'none'}; explained: {dict(explained)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
