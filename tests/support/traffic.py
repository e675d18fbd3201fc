# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mixed traffic of several users, and an independent ledger of what the server acknowledged.

The ledger is written by the one that reads the answer, so that it holds what a person was told. What was asked and not
answered is uncertain: it may be there or not, but whole. check() compares it with what a server holds.
"""

import http.client
import io
import json
import random
import threading
import time
import zipfile
from dataclasses import dataclass, field

from support.wire import NO_CHANGES, Wire, base_collection

TROUBLE = (OSError, http.client.HTTPException)
OURS = (500, 503)  # what we answer for trouble of our own
NOTES_OF_A_SYNC = 5


@dataclass
class Ledger:
    """One user's. Notes of one sync share a tag, the name of that sync."""

    base: str = ""  # the upload that is in force
    syncs: set = field(default_factory=set)  # acknowledged since then
    uncertain: set = field(default_factory=set)  # asked for since then, and never answered
    uncertain_base: str = ""  # an upload that was asked for and never answered
    media: dict = field(default_factory=dict)  # name -> content
    uncertain_media: dict = field(default_factory=dict)


class Person:
    """Syncs for ever, on a server that may fail at any moment. statuses: of every answer that was no success."""

    def __init__(self, url, user, password, seed):
        self.url, self.user, self.password = url, user, password
        self.ledger = Ledger()
        self.statuses = []
        self.done = 0
        self._chance = random.Random(seed)
        self.weights = {self.sync: 6, self.upload: 1, self.send_media: 4}  # how often it does what
        self._number = 0
        self._wire = Wire(url)

    def log_in(self):
        self._wire.login(self.user, self.password)

    def act(self):
        """One thing a person does; True when it was acknowledged."""
        step = self._chance.choices([*self.weights], [*self.weights.values()])[0]
        if not self.ledger.base:
            step = self.upload
        try:
            acknowledged = step()
        except TROUBLE:
            acknowledged = False
        self.done += acknowledged
        return acknowledged

    def sync(self):
        name = self._new("sync")
        self._wire.attempt += 1
        tag_rows = [self._note(name, n) for n in range(NOTES_OF_A_SYNC)]
        for method, content in [
            ("meta", {"v": 11, "cv": "x"}),
            ("start", {"minUsn": 0, "lnewer": True}),
            ("applyChanges", {"changes": NO_CHANGES | {"tags": [name]}}),
            ("applyChunk", {"chunk": {"done": False, "notes": tag_rows[:2]}}),
            ("applyChunk", {"chunk": {"done": True, "notes": tag_rows[2:]}}),
        ]:
            if self._call(method, content) is None:
                return False
        self.ledger.uncertain.add(name)
        if self._call("finish", {}) is None:
            return False
        self.ledger.uncertain.discard(name)
        self.ledger.syncs.add(name)
        return True

    def upload(self):
        name = self._new("base")
        file = base_collection(["insert into tags values (?, 1, 0, null)", [name]])
        self.ledger.uncertain_base = name
        answer = self._call("upload", file, skey="")
        if answer is None:
            return False
        assert answer.body == b"OK", answer
        self.ledger.base, self.ledger.uncertain_base = name, ""
        self.ledger.syncs, self.ledger.uncertain = set(), set()
        return True

    def send_media(self):
        sent = {
            f"{self._new('file')}.bin": self._chance.randbytes(self._chance.choice([100, 5000, 400_000]))
            for _ in range(3)
        }
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as out:
            for member, content in enumerate(sent.values()):
                out.writestr(str(member), content)
            out.writestr("_meta", json.dumps([[name, str(member)] for member, name in enumerate(sent)]))
        self.ledger.uncertain_media.update(sent)
        answer = self._call("uploadChanges", made.getvalue(), service="msync")
        if answer is None:
            return False
        assert answer.json()["data"][0] == len(sent), answer
        for name, content in sent.items():
            self.ledger.media[name] = self.ledger.uncertain_media.pop(name)
        return True

    def check(self):
        """What the server holds is what it acknowledged, and nothing is half there."""
        held = self._wire.stored()
        assert held.execute("pragma integrity_check").fetchone() == ("ok",)
        tags = {tag for tag, in held.execute("select tag from tags")}
        bases = {tag for tag in tags if tag.startswith(f"base-{self.user}")}
        syncs = {tag for tag in tags if tag.startswith(f"sync-{self.user}")}
        notes = dict(held.execute("select trim(tags), count(*) from notes where tags != '' group by tags"))
        if self.ledger.uncertain_base and bases == {self.ledger.uncertain_base}:
            self.ledger.base, self.ledger.syncs, self.ledger.uncertain = self.ledger.uncertain_base, set(), set()
        self.ledger.uncertain_base = ""
        assert bases == ({self.ledger.base} if self.ledger.base else set()), self.user
        assert syncs >= self.ledger.syncs, f"{self.user} lost {self.ledger.syncs - syncs}"
        assert syncs <= self.ledger.syncs | self.ledger.uncertain, f"{self.user} got {syncs - self.ledger.syncs}"
        assert notes == {sync: NOTES_OF_A_SYNC for sync in syncs}, f"half a sync of {self.user}"
        self.ledger.syncs, self.ledger.uncertain = syncs, set()
        self._check_media()

    def _check_media(self):
        listed = {}
        last = 0
        while changes := self._wire.call("mediaChanges", {"lastUsn": last}, service="msync").json()["data"]:
            listed |= {name: sha1 for name, _, sha1 in changes}
            last = changes[-1][1]
        ledger = self.ledger
        assert listed.keys() >= ledger.media.keys(), f"{self.user} lost media"
        assert listed.keys() <= ledger.media.keys() | ledger.uncertain_media.keys()
        ledger.media = {name: ledger.media.get(name) or ledger.uncertain_media[name] for name in listed}
        ledger.uncertain_media = {}
        wanted = list(ledger.media)
        while wanted:
            answer = self._wire.call("downloadFiles", {"files": wanted[:25]}, service="msync")
            assert answer.status == 200, answer
            archive = zipfile.ZipFile(io.BytesIO(answer.body))
            names = json.loads(archive.read("_meta"))
            for member, name in names.items():
                assert archive.read(member) == ledger.media[name], name
            wanted = wanted[len(names) :]
        count = self._wire.call("mediaSanity", {"local": len(listed)}, service="msync").json()["data"]
        assert count == "OK", self.user

    def _new(self, kind):
        self._number += 1
        return f"{kind}-{self.user}-{self._number}"

    def _note(self, sync, number):
        id = self._number * 100 + number
        return [id, f"{sync}-{number}", 1000, 100, 0, sync, f"{sync}\x1f{number}", "", "", 0, ""]

    def _call(self, method, content, service="sync", skey="a"):
        """The answer, or None for a refusal, which must be one for trouble of our own."""
        answer = self._wire.call(method, content, service=service, skey=skey)
        if answer.status == 200:
            return answer
        self.statuses.append((method, answer.status))
        assert answer.status in OURS, (method, answer)
        return None


class Crowd:
    """Several persons who act at the same time, each on a thread of its own."""

    def __init__(self, url, users, seed=0):
        self.people = [
            Person(url, user, password, seed + number) for number, (user, password) in enumerate(users.items())
        ]
        self._stop = threading.Event()
        self._threads = []
        self._errors = []

    def log_in(self):
        for person in self.people:
            person.log_in()

    def begin(self):
        self._stop.clear()
        self._threads = [threading.Thread(target=self._go_on, args=(person,)) for person in self.people]
        for thread in self._threads:
            thread.start()

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def check(self):
        for person in self.people:
            person.check()

    @property
    def done(self):
        return sum(person.done for person in self.people)

    def wait_for_something_new(self):
        """Until one more thing is at stake."""
        before = self.done
        while self.done == before:
            time.sleep(0.001)

    def statuses(self):
        return {status for person in self.people for _, status in person.statuses}

    def _go_on(self, person):
        try:
            while not self._stop.is_set():
                if not person.act():
                    self._stop.wait(0.01)
        except BaseException as error:  # told to the test by end()
            self._errors.append(error)
