# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's device: a folder with a collection and a process of the real Anki client that works on it."""
import functools
import json
import os
import subprocess
import time
from pathlib import Path

from . import secrets

ROOT = Path(__file__).parents[2]
NEWEST = "26.9.3"
OLDER_PARTS = {"2.1.45": ["protobuf==3.20.3"]}  # clients that do not say that they cannot use what came later


class ClientError(Exception):
    """What the client raised: type and kind are names of anki.errors, str() is what it tells the person."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.type, self.kind = error["type"], error["kind"]

    def __repr__(self):
        return f"{self.type}({self.kind} {self})"


@functools.cache
def client_python(version=NEWEST):
    """The python that has this version of the client, installed on first use."""
    command = [ROOT / "dev.d/python-env", f"clients/{version}", f"anki=={version}",
               *OLDER_PARTS.get(version, [])]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class Worker:
    """A process of the client, which can work on any collection."""

    script = Path(__file__).with_name("worker.py")
    idle = {}  # version -> workers whose device is gone: starting one takes longer than most scenarios

    def __init__(self, version):
        self.version = version
        environment = {key: os.environ[key] for key in ("HOME", "PATH", "TZ", "XDG_CACHE_HOME") if key in os.environ}
        self._process = subprocess.Popen(
            [client_python(version), "-B", self.script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment | {"LANG": "C.UTF-8"})

    @classmethod
    def take(cls, version):
        idle = cls.idle.get(version)
        return idle.pop() if idle else cls(version)

    def give_back(self):
        self.idle.setdefault(self.version, []).append(self)

    def say(self, method, arguments, named):
        self._process.stdin.write(json.dumps({"do": method, "with": [*arguments, named]}) + "\n")
        self._process.stdin.flush()

    def hear(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the client process ended, exit status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ClientError(answer["error"])
        return answer["result"]

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


class Device:
    """Every method of worker.Client is one here: device.add_notes(…). begin() and end() let a test act meanwhile."""

    def __init__(self, name, folder, version=NEWEST):
        self.name, self.version = name, version
        self.path = Path(folder) / name / "collection.anki2"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.hkey = self.url = None
        self._worker = None
        self._unheard = False  # begun and not ended

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)

        def call(*arguments, **named):
            self.begin(method, *arguments, **named)
            return self.end()

        return call

    def log_in(self, user, password, url):
        self.hkey, self.url = self.login(user, password, url), url
        secrets.remember(password, self.hkey)

    def go_through(self, url):
        """Uses the same account by another way, such as a proxy."""
        self.url = url
        self.use_key(self.hkey, url)

    def begin(self, method, *arguments, **named):
        if not self._worker:
            self._worker = Worker.take(self.version)
            self.choose(str(self.path))
            if self.hkey:
                self.use_key(self.hkey, self.url)
        time.sleep(0.002)  # ids are milliseconds, and two devices of one person are never so quick as to share one
        self._worker.say(method, arguments, named)
        self._unheard = True

    def end(self):
        self._unheard = False
        return self._worker.hear()

    def kill(self):
        """As when the battery dies: what was not committed is lost. The next call starts the client again."""
        self._worker.kill()
        self._worker = None
        self._unheard = False

    def quit(self):
        """The device is needed no more."""
        if self._unheard:
            self.kill()  # the scenario failed in the middle of something
        if self._worker:
            self.close()
            self._worker.give_back()
            self._worker = None
