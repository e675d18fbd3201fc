# SPDX-License-Identifier: AGPL-3.0-or-later
"""The servers under test, each in a process of its own: ours, and the official one as the oracle.

Both are started in the official server's way: SYNC_USER1=name:password, SYNC_BASE, SYNC_HOST, SYNC_PORT.
"""
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import secrets
from .device import NEWEST, ROOT, client_python
from .spread import Spread

USERS = {"ada": "lovelace", "grace": "hopper:with:colons", "é ü": "pässword"}


class Server:
    name: str
    start_seconds = 30

    def __init__(self, folder, users=USERS, **environment):
        self.folder = folder
        self.base = folder / "server"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        secrets.remember(*users.values())
        accounts = {f"SYNC_USER{n}": f"{name}:{password}" for n, (name, password) in enumerate(users.items(), 1)}
        inherited = {key: os.environ[key] for key in ("PATH", "TZ") if key in os.environ}
        self._environment = {
            **inherited, "HOME": str(folder), "SYNC_BASE": str(self.base), "SYNC_HOST": "127.0.0.1",
            "SYNC_PORT": str(self.port), "ANKISYNCD_OPS_PORT": "0",
            "ANKISYNCD_LOG_LEVEL": "debug", **accounts, **environment}
        self._process = None

    def start(self):
        self.base.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"{self.name}.log", "ab") as log:
            self._process = subprocess.Popen(self.command(), env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + self.start_seconds
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} server did not start:\n{self.log()}")
            time.sleep(0.02)
        return self

    @property
    def process_id(self):
        return self._process.pid

    def stop(self):
        status = self._end(signal.SIGTERM)
        assert status in (None, self.exit_status), f"exit status {status}:\n{self.log()[-5000:]}"

    def restart(self, **environment):
        """With other settings."""
        self.stop()
        self.adapt(**environment)
        return self.start()

    def adapt(self, **environment):
        """For the next start."""
        self._environment |= environment

    def kill(self):
        self._end(signal.SIGKILL)

    def log(self):
        return (self.folder / f"{self.name}.log").read_text(errors="replace")

    def signal(self, number):
        self._process.send_signal(number)

    def wait_for_line(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.log():
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.log()[-5000:]}"
            time.sleep(0.02)

    def environment(self):
        return dict(self._environment)

    def _end(self, how):
        if self._process:
            self._process.send_signal(how)
            status = self._process.wait(timeout=30)
            self._process = None
            return status

    def _answers(self):
        try:
            return urllib.request.urlopen(self.url + "health", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False


class OfficialServer(Server):
    name = "official"
    exit_status = -signal.SIGTERM

    def command(self):
        return [client_python(NEWEST), "-m", "anki.syncserver"]

    def collection(self, user):
        return self.base / user / "collection.anki2"


class OurServer(Server):
    name = "ours"
    exit_status = 0

    program = Path(os.environ.get("ANKISYNCD", ROOT / "build/release/bin/ankisyncd"))

    def command(self):
        return [self.program]

    def _end(self, how):
        status = super()._end(how)
        if status is not None:
            assert secrets.told_by(self.log()) == [], f"{self.name} logs secrets"
        return status

    def ops_port(self):
        """Of the last start; the log says which."""
        return int(re.findall(r'ops_port"?[=:](\d+)', self.log())[-1])

    def metrics(self):
        """What a scrape gives: series with its labels -> value."""
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.ops_port()}/metrics", timeout=30).read().decode()
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {series: float(value) for series, value in pairs}

    def control(self, *arguments, password=None, status=0):
        """ankisyncctl on this server's data, whether it runs or not; answers its output."""
        secrets.remember(password or "")
        command = [self.program.with_name("ankisyncctl"), "--data", self.base, *arguments]
        done = subprocess.run(command, input=password, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == status, done.stdout
        return done.stdout

    def control_json(self, *arguments):
        return json.loads(self.control("--json", *arguments))

    def collection(self, user):
        return self.base / "collections/users" / user / "collection.anki2"

    def media_folder(self, user):
        return self.base / "collections/users" / user / "collection.media"


class Replicas(OurServer):
    """Ours as two services: one collection-sync and three media-sync on one volume, behind a gateway."""

    def __init__(self, folder, users=USERS, **environment):
        super().__init__(folder, users, **environment)
        self.media = [Replica(self, f"media-sync {n}") for n in range(3)]
        self._spread = None

    def command(self):
        return [self.program.with_name("collection-sync")]

    def start(self):
        self.base.mkdir(parents=True, exist_ok=True)
        self.control("volume", "init")
        super().start()
        for replica in self.media:
            replica.start()
        self._spread = Spread({"/msync/": [replica.port for replica in self.media], "/": [self.port]})
        self.url = f"http://127.0.0.1:{self._spread.port}/"
        return self

    def stop(self):
        self._spread.close()
        for replica in self.media:
            replica.stop()
        super().stop()


class Replica(OurServer):
    def __init__(self, whole, name):
        super().__init__(whole.folder)
        self.name, self.base = name, whole.base
        self._environment["SYNC_BASE"] = str(whole.base)

    def command(self):
        return [self.program.with_name("media-sync")]


KINDS = {"official": OfficialServer, "ours": OurServer, "replicas": Replicas}


def free_port():
    """Not one that the system gives to whoever asks for any: another test's connection would take it before a server does."""
    while True:
        port = random.SystemRandom().randrange(11_000, 30_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
