# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scripts of a device that has media files, or wants them."""
import hashlib
import io
import json
import random
import zipfile

import client

FILES_AT_ONCE, BYTES_AT_ONCE = 25, 2_621_440


def contents(seed, files, bytes_each):
    """Names and contents, which nothing compresses."""
    chance = random.Random(seed)
    return {f"{seed}-{n}.jpg": chance.randbytes(bytes_each) for n in range(files)}


def batches(names, held):
    batch, size = [], 0
    for name in names:
        batch.append(name)
        size += len(held[name])
        if len(batch) == FILES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class Device(client.Device):
    def ask(self, method, content):
        answer = json.loads((yield self.request("msync/" + method, content)))
        assert answer["err"] == "", answer
        return answer["data"]

    def begin(self):
        self.new_attempt()
        return (yield from self.ask("begin", {"v": "26.09.3,bench,linux"}))["usn"]

    def upload(self, held):
        yield from self.send(held)
        assert (yield from self.ask("mediaSanity", {"local": len(held)})) == "OK"

    def send(self, held):
        usn = yield from self.begin()
        for batch in batches(held, held):
            processed, now = yield from self.ask("uploadChanges", zipped(batch, held))
            usn += len(batch)
            assert (processed, now) == (len(batch), usn), (processed, now, usn)

    def changes(self, held):
        """What a device that has nothing is told of the index, some hundred files a request."""
        usn, changes = 0, {}
        while page := (yield from self.ask("mediaChanges", {"lastUsn": usn})):
            changes |= {name: sha1 for name, _, sha1 in page}
            usn = max(row[1] for row in page)
        assert changes == {name: hashlib.sha1(content).hexdigest() for name, content in held.items()}

    def download(self, held):
        yield from self.begin()
        yield from self.changes(held)
        wanted = [*held]
        while wanted:
            answer = yield self.request("msync/downloadFiles", {"files": wanted[:FILES_AT_ONCE]})
            with zipfile.ZipFile(io.BytesIO(answer)) as archive:
                names = json.loads(archive.read("_meta"))
                for entry, name in names.items():
                    assert archive.read(entry) == held[name], name
            assert len(names) > 0
            wanted = wanted[len(names):]


def zipped(names, held):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for n, name in enumerate(names):
            archive.writestr(str(n), held[name])
        archive.writestr("_meta", json.dumps([[name, str(n)] for n, name in enumerate(names)]))
    return file.getvalue()
