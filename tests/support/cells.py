# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several of our servers as the cells of one installation, with one file that says who lives where."""
import hashlib
import itertools
import json
import time

from .servers import OurServer


class Cell(OurServer):
    def __init__(self, folder, name, file, **environment):
        folder.mkdir(parents=True)
        super().__init__(folder, {}, ANKISYNCD_CELLS_MAP=str(file), ANKISYNCD_CELLS_SELF=name, **environment)
        self.cell = name


class Cells:
    """cells["a"] … are the servers; every bucket is in the first one, until somebody says otherwise."""

    def __init__(self, folder, names="abc", **environment):
        self.file = folder / "cells.yaml"
        self._cells = {name: Cell(folder / f"cell-{name}", name, self.file, **environment) for name in names}
        self.place(names[0])

    def __getitem__(self, name):
        return self._cells[name]

    def __iter__(self):
        return iter(self._cells.values())

    def place(self, everybody, *exceptions):
        """exceptions: (account id, user, cell) each."""
        written = {
            "cells": {cell.cell: {"url": cell.url} for cell in self},
            "buckets": {cell.cell: ["0-1023"] if cell.cell == everybody else [] for cell in self},
            "exceptions": [dict(zip(("account", "user", "cell"), exception)) for exception in exceptions]}
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(written))
        new.rename(self.file)

    def place_and_wait(self, *where):
        """Until all have read the file again."""
        before = {cell: cell.log().count("cells read again") for cell in self}
        self.place(*where)
        deadline = time.monotonic() + 30
        while any(cell.log().count("cells read again") == count for cell, count in before.items()):
            assert time.monotonic() < deadline, "the file was not read again"
            time.sleep(0.02)

    def start(self):
        for cell in self:
            cell.start()
        return self

    def stop(self):
        for cell in self:
            cell.stop()

    def add_user(self, cell, name, password="geheim"):
        """Answers the account's id."""
        added = self[cell].control("--json", "user", "add", name, "--password-stdin", password=f"{password}\n")
        return json.loads(added)["id"]


def bucket_of(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big") % 1024


def same_bucket(name, count):
    """Other names of its bucket."""
    others = (f"user{number}" for number in itertools.count())
    return list(itertools.islice((other for other in others if bucket_of(other) == bucket_of(name)), count))
