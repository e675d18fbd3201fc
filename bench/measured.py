# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server under load, and what it costs: its own process's CPU time, memory and fsyncs."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

from support.servers import KINDS, OfficialServer

from client import Connection, Device

OfficialServer.start_seconds = 1200  # it hashes a password for every account first


class Measured:
    """One of the two servers on an empty folder, with accounts u1:p … un:p."""

    servers = KINDS

    def __init__(self, kind, folder, users=1, password="p", **environment):
        self.kind = kind
        folder.mkdir(parents=True)
        self.server = self.servers[kind](folder, {f"u{n}": password for n in range(1, users + 1)},
                                         MAX_SYNC_PAYLOAD_MEGS="2000", ANKISYNCD_LOG_LEVEL="info", **environment)
        self.server.start()
        self.port, self.pid = self.server.port, self.server.process_id

    def connection(self):
        return Connection(self.port)

    def log_in(self, number=1):
        device = Device()
        self.connection().play(device.log_in(f"u{number}", "p"))
        return device.key

    def cpu_s(self):
        return time.clock_gettime((~self.pid << 3) | 2)  # the process's own CPU clock: see clock_getcpuclockid(3)

    @contextlib.contextmanager
    def costs(self):
        """What is done inside: {"cpu": s, "wall": s}, filled at its end."""
        figures = {}
        cpu, wall = self.cpu_s(), time.perf_counter()
        yield figures
        figures["wall"] = time.perf_counter() - wall
        figures["cpu"] = self.cpu_s() - cpu

    @contextlib.contextmanager
    def peak(self):
        """The most memory that it had inside: {"MB": …}."""
        with open(f"/proc/{self.pid}/clear_refs", "w") as reset:
            reset.write("5")
        figures = {}
        yield figures
        figures["MB"] = self.status("VmHWM")

    def status(self, name):
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(rf"{name}:\s+(\d+)", file.read())[1]) / 1024

    @contextlib.contextmanager
    def fsyncs(self):
        """How many inside: {"fsyncs": …}, where there is strace. Not while anything else is measured: it takes time."""
        figures = {}
        if not shutil.which("strace"):
            yield figures
            return
        report = self.server.folder / "strace"
        tracer = subprocess.Popen(["strace", "-qq", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", report,
                                   "-p", str(self.pid)], stderr=subprocess.DEVNULL)
        while tracer.poll() is None and self.status_line("TracerPid") == "0":
            time.sleep(0.01)
        yield figures
        if tracer.poll() is not None:
            return  # not allowed to
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        figures["fsyncs"] = sum(int(line.split()[3]) for line in report.read_text().splitlines()
                                if line.split()[-1:] in (["fsync"], ["fdatasync"]))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def status_line(self, name):
        with open(f"/proc/{self.pid}/status") as file:
            return re.search(rf"{name}:\s+(\S+)", file.read())[1]

    def stop(self):
        self.server.stop()
