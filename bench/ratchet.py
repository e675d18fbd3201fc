# SPDX-License-Identifier: AGPL-3.0-or-later
"""ratchet.py [--write]: instructions that our server executes, under valgrind, compared with those in instructions.json.

Time says nothing on a busy machine; instructions are the same within a percent or two. More than a tenth above what the
file says fails: mend it, or say in the commit why it is worth it and --write the new numbers. Lower ones are to be
written too, so that what was gained is kept.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

import workloads  # noqa: E402
from measured import Measured  # noqa: E402
from support.servers import OurServer  # noqa: E402

KEPT = Path(__file__).with_name("instructions.json")
TOLERANCE = 0.1


class Counted(OurServer):
    """Counts nothing until it is told to."""
    start_seconds = 120

    def command(self):
        self.report = self.folder / "callgrind"
        return ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={self.report}",
                self.program]


class Counter(Measured):
    servers = {"ours": Counted}

    def count(self, deed, times):
        """The instructions of one."""
        self.control("--instr=on")
        for _ in range(times):
            deed()
        self.control("--instr=off")
        before = set(self.server.folder.glob("callgrind*"))
        self.control("--dump")
        [report] = set(self.server.folder.glob("callgrind*")) - before
        return int(re.search(r"^totals: (\d+)", report.read_text(), re.MULTILINE)[1]) // times

    def control(self, what):
        subprocess.run(["callgrind_control", what, str(self.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


def measure(folder):
    server = Counter("ours", folder)
    device, connection = workloads.learner(server, 1000), server.connection()
    for _ in range(5):  # everything that is made once
        usn = connection.play(device.sync_up())
        connection.play(device.sync_down(usn, workloads.ROWS))
    figures = {"meta": server.count(lambda: connection.play(device.meta()), 50),
               "small sync, up": server.count(lambda: connection.play(device.sync_up()), 20)}
    usn = connection.play(device.sync_up(800, 200, 0))
    figures["1,000 rows, down"] = server.count(lambda: connection.play(device.sync_down(usn, 1000)), 5)
    server.stop()
    return figures


def main():
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        figures = measure(Path(folder) / "server")
    if "--write" in sys.argv:
        KEPT.write_text(json.dumps(figures, indent=2) + "\n")
    kept = json.loads(KEPT.read_text())
    worse = [name for name in figures if figures[name] > kept[name] * (1 + TOLERANCE)]
    for name, count in figures.items():
        print(f"{name:24}{count:12,}{kept[name]:14,} kept{'  TOO MANY' if name in worse else ''}")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
