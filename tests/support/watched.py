# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our server as an unfriendly observer sees it: what it costs, what it logs, and what the volume holds."""

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

from .servers import OurServer
from .wire import Wire

TICKS = os.sysconf("SC_CLK_TCK")
FLEETING = {"session.db": {"last_used_ms", "client", "address"}}  # written behind every request's back
DATABASES = ("auth.db", "session.db", "collection.anki2", "collection.media.server.db")


class WatchedServer(OurServer):
    """prefix: a command that becomes the program, such as prlimit, and keeps its process id."""

    def __init__(self, folder, users=None, prefix=(), **environment):
        super().__init__(folder, users or {"u": "p"}, **environment)
        self._prefix = list(prefix)
        self._heard = 0  # of the log

    def command(self):
        return [*self._prefix, self.program]

    @property
    def pid(self):
        return self._process.pid

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds):
        """The exit status of a process that ends by itself."""
        status = self._process.wait(timeout=seconds)
        self._process = None
        return status

    def signal(self, number):
        self._process.send_signal(number)

    def login(self, user="u", password="p"):
        wire = Wire(self.url)
        wire.login(user, password)
        return wire

    # -- what it costs

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_bytes(self, which="VmRSS"):
        """VmRSS: now; VmHWM: the most there ever was."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+) kB", status)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    # -- what it says and keeps

    def new_refusals(self):
        """Lines of the log about requests that were refused since the last question."""
        with open(self.folder / f"{self.name}.log", errors="replace") as log:
            log.seek(self._heard)
            lines = log.readlines()
            self._heard = log.tell()
        return [line for line in lines if "request refused" in line]

    def user_folder(self, user="u"):
        return self.collection(user).parent

    def holds(self):
        """{database: its rows}, and the names of all blobs: what must not change when a request is refused."""
        held = {}
        for path in sorted(self.base.rglob("*")):
            name = path.relative_to(self.base)
            if path.name in DATABASES:
                held[str(name)] = rows(path)
            elif "collection.media" in name.parts and path.is_file() and path.parent.name != "tmp":
                held.setdefault("blobs", []).append("/".join(path.parts[-2:]))
        return held


def can_trace():
    """Whether strace is there and may look at processes; containers often forbid it."""
    return shutil.which("strace") and subprocess.run(["strace", "-qq", "true"], capture_output=True).returncode == 0


def rows(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.create_collation("unicase", lambda a, b: (a > b) - (a < b))  # never asked to order anything
    database.row_factory = sqlite3.Row
    held = []
    for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
        for row in database.execute(f'select * from "{table}"'):
            fleeting = FLEETING.get(path.name, ())
            held.append((table, *(row[column] for column in row.keys() if column not in fleeting)))
    database.close()
    return sorted(held, key=repr)
