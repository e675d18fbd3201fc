# SPDX-License-Identifier: AGPL-3.0-or-later
"""People who sync on and on, an operator who moves them between cells meanwhile, and whoever kills servers and commands.

What may fail is known beforehand: a sync of a user who is being moved, and one that spoke with a server while it was down.
Everything else that fails is kept in Person.failures.
"""
import contextlib
import http.client
import random
import re
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import tables
from .device import NEWEST, ClientError, Device
from .wire import Wire

PASSWORD = "geheim"
WAIT = 120  # seconds, for what takes one
OLD = "2.1.66"  # one of the first that speak protocol 11
OLDEST = "2.1.50"  # protocol 10, which knows no redirect
HOLDS = ("leaving", "arriving", "gone")  # by which a move in the middle can be seen
WAYS = ("undisturbed", "command killed", "command killed, undone", "source killed", "destination killed")
# By a device that did not hear that its sync had been kept, and made it once more: to the server nothing is new then.
STAMPED_AGAIN = [(table, "usn") for table in ("notes", "cards")]
ADDRESS = re.compile(r"Please enter (\S+) under")  # what a client is told that knows no redirect


class Times:
    """When something was going on."""

    def __init__(self):
        self._spans = []

    @contextlib.contextmanager
    def going_on(self):
        span = [time.monotonic(), None]
        self._spans.append(span)
        yield
        span[1] = time.monotonic()

    def since(self, moment):
        return any(end is None or end >= moment for _, end in self._spans)


class Outages:
    """Servers of cells, killed and started again, and when which one was away."""

    def __init__(self, cells):
        self._cells = cells
        self._times = {cell.cell: Times() for cell in cells}
        self._one_at_a_time = {cell.cell: threading.Lock() for cell in cells}

    def make(self, name, seconds):
        with self._one_at_a_time[name], self._times[name].going_on():
            self._cells[name].kill()
            time.sleep(seconds)
            self._cells[name].start()

    def since(self, moment, names):
        return any(self._times[name].since(moment) for name in names)


class Person:
    """A user with a device that syncs again and again on a thread of its own. kept: the fronts of all notes that it made."""

    def __init__(self, cells, outages, folder, name, version, seed):
        self.cells, self.outages, self.folder, self.name, self.version = cells, outages, folder, name, version
        self.chance = random.Random(seed)
        self.home, self.moved = "a", Times()
        self.syncs, self.told, self.excused, self.failures = 0, 0, 0, []
        self.account = cells.add_user("a", name, PASSWORD)
        self.device = Device(f"{name}'s", folder, version)
        self.device.log_in(name, PASSWORD, cells["a"].url)
        self.device.add_notes([[["first", ""], ""]])
        self.kept = ["first"]
        self.device.upload()
        self.device.add_media(f"{name}.png", f"picture of {name}")
        self.device.sync_media()
        self.address = "a"  # that the device remembers
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sync_on)

    def begin(self):
        self._thread.start()

    def _sync_on(self):
        number = 0
        try:
            while not self._stop.wait(self.chance.uniform(0, 1)):
                number += 1
                front = f"{self.name} {number}"
                self.device.add_notes([[[front, ""], ""]])
                self.kept.append(front)  # if not this sync, the next one takes it
                if number % 3 == 0:
                    self.device.add_media(f"{number}.png", front)
                if self.version != OLDEST and self.chance.random() < 0.1:
                    self._go_through(self.chance.choice("abc"))  # an address of former times
                if self.chance.random() < 0.03:
                    self._log_in_anew(self.address if self.version == OLDEST else self.chance.choice("abc"))
                self.attempt_sync()
        except Exception as error:  # the harness's
            self.failures.append(f"{self.name} broke off: {error!r}")

    def attempt_sync(self):
        if self._attempt(self._sync, self.address):
            self.syncs += 1

    def _log_in_anew(self, entrance):
        if self._attempt(lambda: self.device.log_in(self.name, PASSWORD, self.cells[entrance].url), entrance):
            self.address = entrance
        else:
            self._go_through(self.address)  # with the key that it had

    def _attempt(self, deed, entrance):
        """Whether deed() was done, which may fail only for a reason that is known."""
        began, home = time.monotonic(), self.home
        try:
            deed()
            return True
        except ClientError as error:
            known = self.moved.since(began) or self.outages.since(began, {entrance, home})
            if error.kind != "AUTH" and known:
                self.excused += 1
            else:
                self.failures.append(f"{self.name}, {self.version}, who lives in {home}, by {entrance}: {error!r}")
            return False

    def _sync(self):
        try:
            outcome = self.device.sync()
            self.device.sync_media()
        except ClientError as error:
            address = ADDRESS.search(str(error))
            if self.version != OLDEST or not address:
                raise
            self.told += 1  # and the person does so
            self._go_through(next(cell.cell for cell in self.cells if cell.url == address[1]))
            outcome = self.device.sync()
            self.device.sync_media()
        if outcome != "no changes":
            self.failures.append(f"{self.name}, {self.version}: asked for a full sync, {outcome}")
        if self.version != OLDEST:
            self.address = next(cell.cell for cell in self.cells if cell.url == self.device.endpoint())

    def _go_through(self, cell):
        self.address = cell
        self.device.go_through(self.cells[cell].url)

    # -- the operator

    def move(self, to, way, chance):
        with self.moved.going_on():
            self._move(to, way, chance)
            # Cells read the file within a second; until they have, those of the move say that it goes on.
            self._wait_until_served()

    def _move(self, to, way, chance):
        source, target = self.cells[self.home], self.cells[to]
        words = ["cell", "move", self.name, to, "--to-data", str(target.base), "--cells", str(self.cells.file)]
        program = subprocess.Popen([source.program.with_name("ankisyncctl"), "--data", source.base, *words],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if way != "undisturbed":
            self._wait_for(chance.choice(HOLDS), (source, target), program)
            time.sleep(chance.uniform(0, 0.05))
        if way.startswith("command killed"):
            program.kill()
        elif way != "undisturbed":
            self.outages.make(self.home if way == "source killed" else to, chance.uniform(0, 0.5))
        said, _ = program.communicate(timeout=WAIT)
        assert program.returncode == 0 or way.startswith("command killed"), said
        if way == "command killed, undone" and self._is_undone(words):
            return
        source.control(*words)
        source.control("cell", "confirm", self.name)
        self.home = to

    def _is_undone(self, words):
        """Too late after the switch."""
        source = self.cells[self.home]
        if any(each["user"] == self.name and each["state"].startswith("gone") for each in moves_of(source)):
            return False
        source.control(*words, "--undo")
        return True

    def _wait_for(self, hold, ends, program):
        """Until the move has come so far, or has ended."""
        with contextlib.ExitStack() as stack:
            found = [stack.enter_context(contextlib.closing(
                sqlite3.connect(f"file:{cell.base / 'auth.db'}?mode=ro", uri=True))) for cell in ends]
            question = "select 1 from holds where account = ? and reason like ?"
            while program.poll() is None and not any(
                    auth.execute(question, (self.account, f"{hold}%")).fetchone() for auth in found):
                time.sleep(0.001)

    def _wait_until_served(self):
        deadline = time.monotonic() + WAIT
        for cell in self.cells:
            while not self._is_right_at(cell):
                assert time.monotonic() < deadline, f"{cell.cell} does not serve {self.name} who lives in {self.home}"
                time.sleep(0.05)

    def _is_right_at(self, cell):
        try:
            answer = Wire(cell.url).call("meta", {"v": 11, "cv": "test"}, key=self.device.hkey)
        except (OSError, http.client.HTTPException):
            return False  # killed, for another's move
        if answer.status == 403:
            self.failures.append(f"{self.name} was logged out by {cell.cell}")
        if cell.cell == self.home:
            return answer.status == 200 and answer.json()["cont"]
        return answer.headers.get("location") == self.cells[self.home].url

    # -- the end

    def end(self):
        self._stop.set()
        self._thread.join(timeout=WAIT)
        assert not self._thread.is_alive()
        self.attempt_sync()  # once more, undisturbed

    def check(self):
        """A new device, logged in at any cell, has all of it."""
        late = Device(f"{self.name}'s late", self.folder, self.version)
        late.log_in(self.name, PASSWORD, self.cells[self.chance.choice("abc")].url)
        if self.version == OLDEST:
            late.go_through(self.cells[self.home].url)
        assert late.sync() == "download"
        late.download()
        late.sync_media()
        assert late.media_hashes() == self.device.media_hashes()
        assert sorted(late.fields(note)[0] for note in late.notes("")) == sorted(self.kept)
        late.close()
        self.device.close()
        found = tables.differences(tables.read(self.device.path), tables.read(late.path), [
            *STAMPED_AGAIN, *(tables.BY_VERSION if self.version == OLDEST else ())])
        assert not found, f"{self.name}:\n" + "\n".join(found[:20])
        assert self.device.check_database() == []
        late.quit()
        self.device.quit()


def moves_of(cell):
    return cell.control_json("cell", "show")["moves"]


def run(cells, folder, versions, moves_each, movers, chance):
    """A person for each version. Every one moves so often, by one of so many operators at a time; each way that a move may be
    disturbed comes in turn. What happened, as a line of text."""
    outages = Outages(cells)
    seeds = [chance.randrange(1 << 30) for _ in range(len(versions) + movers)]
    with ThreadPoolExecutor(4) as several:
        people = list(several.map(
            lambda n: Person(cells, outages, folder, f"user {n}", versions[n], seeds[n]), range(len(versions))))
    for person in people:
        person.begin()
    try:
        with ThreadPoolExecutor(movers) as operators:
            list(operators.map(lambda n: move_all(people[n::movers], moves_each, random.Random(seeds[~n]), n), range(movers)))
    finally:
        for person in people:
            person.end()
    with ThreadPoolExecutor(3) as several:
        list(several.map(Person.check, people))
    failures = [failure for person in people for failure in person.failures]
    assert not failures, "\n".join(failures)
    assert all(person.syncs for person in people)
    for cell in cells:
        assert all(each["state"].startswith("gone") and not each["keeps_data"] for each in moves_of(cell))
    count = {what: sum(getattr(person, what) for person in people) for what in ("syncs", "excused", "told")}
    return f"{len(people)} people, {len(people) * moves_each} moves, {count}"


def move_all(people, times, chance, first):
    turn = first
    for _ in range(times):
        for person in people:
            person.move(chance.choice([name for name in "abc" if name != person.home]), WAYS[turn % len(WAYS)], chance)
            turn += 1


MIXED = (NEWEST, OLD, NEWEST, OLDEST, NEWEST)
