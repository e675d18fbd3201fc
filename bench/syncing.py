# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scripts of a device's syncs (see client.Device), each of which checks what it is answered."""
import json
import time

from client import Device

UNCHANGED = {"models": [], "decks": [[], []], "tags": []}


class Learner(Device):
    """A device with the collection whose counts it is told; what it does to it, it counts itself."""

    def __init__(self, key, counts):
        super().__init__(key)
        self.counts, self.number, self.usn = [*counts], 0, 0

    def ask(self, method, content):
        return json.loads((yield self.request("sync/" + method, content)))

    def meta(self):
        meta = yield from self.ask("meta", {"v": 11, "cv": "bench"})
        assert meta["cont"] and not meta["empty"], meta
        return meta

    def upload(self, frame):
        self.new_attempt()
        assert (yield self.framed("sync/upload", frame)) == b"OK"

    def download(self, size):
        self.new_attempt()
        file = yield self.request("sync/download", {})
        assert file.startswith(b"SQLite format 3\0") and abs(len(file) - size) < 1 << 20, len(file)

    def sync_up(self, reviews=10, cards=10, notes=2):
        """The person learned here: a configuration value and these rows go up, nothing comes down."""
        usn = yield from self.start_at(None, newer=True)
        self.number += 1
        changes = yield from self.ask("applyChanges", {"changes": UNCHANGED | {
            "conf": {"schedVer": 2, "creationOffset": 0, "curDeck": 1, "rollover": 4, "number": self.number},
            "crt": 1700000000}})
        assert changes == UNCHANGED, changes
        assert (yield from self.ask("chunk", {})) == {"done": True}
        for chunk in chunks(self.rows(usn, reviews, cards, notes)):
            assert (yield from self.ask("applyChunk", {"chunk": chunk})) is None
        self.counts[3] += reviews
        yield from self.finish()
        return usn

    def rows(self, usn, reviews, cards, notes):
        first, now = 10**9 + self.number * 10**6, int(time.time()) + self.number
        size = self.counts[1]
        touched = [1 + (self.number * 31 + i) % size for i in range(cards)]
        edited = [1 + (self.number * 17 + i) % size for i in range(notes)]
        return {
            "revlog": [[first + i, 1 + i % size, usn, 3, 1, 1, 2500, 4000, 1] for i in range(reviews)],
            "cards": [[i, i, 1, 0, now, usn, 2, 2, 6, 4, 2500, 2, 0, 0, 0, 0, 0, ""] for i in touched],
            "notes": [[i, f"g{i}", 1000, now, usn, "", f"front {now}\x1fback", "", "", 0, ""] for i in edited]}

    def sync_down(self, usn, rows):
        """Another device learned: what changed since that usn comes down, so many rows, nothing goes up."""
        yield from self.start_at(usn, newer=False)
        changes = yield from self.ask("applyChanges", {"changes": UNCHANGED})
        assert changes["conf"]["schedVer"] == 2 and changes["crt"] == 1700000000, changes
        requests = taken = 0
        done = False
        while not done:
            chunk = yield from self.ask("chunk", {})
            requests += 1
            taken += sum(len(chunk.get(kind, ())) for kind in ("revlog", "cards", "notes"))
            done = chunk["done"]
        assert taken == rows, (taken, rows)
        assert (yield from self.ask("applyChunk", {"chunk": {"done": True}})) is None
        yield from self.finish()
        return requests

    def start_at(self, usn, newer):
        self.new_attempt()
        usn = (yield from self.meta())["usn"] if usn is None else (yield from self.meta()) and usn
        graves = yield from self.ask("start", {"minUsn": usn, "lnewer": newer, "graves": None})
        assert graves == {"cards": [], "decks": [], "notes": []}, graves
        return usn

    def finish(self):
        sanity = yield from self.ask("sanityCheck2", {"client": self.counts})
        assert sanity["status"] == "ok", sanity
        assert (yield from self.ask("finish", {})) > 0


def chunks(rows, size=250):
    """As clients send them: a few hundred rows each, the last one says so."""
    flat = [(kind, row) for kind in rows for row in rows[kind]]
    for at in range(0, max(len(flat), 1), size):
        chunk = {"done": at + size >= len(flat)}
        for kind, row in flat[at:at + size]:
            chunk.setdefault(kind, []).append(row)
        yield chunk
