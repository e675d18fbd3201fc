# SPDX-License-Identifier: AGPL-3.0-or-later
"""Media as they go over the wire, by our own client."""
import hashlib
import io
import json
import zipfile

from .wire import Wire


class MediaWire(Wire):
    """One device's calls of /msync/. The named ones want success and answer what is behind "data"."""

    def ask(self, method, content, **how):
        return self.call(method, content, service="msync", **how)

    def data(self, method, content, **how):
        answer = self.ask(method, content, **how)
        assert answer.status == 200, (method, answer)
        assert answer.json().keys() == {"data", "err"} and answer.json()["err"] == "", answer
        return answer.json()["data"]

    def begin(self):
        return self.data("begin", {"v": "x"})

    def usn(self):
        return self.begin()["usn"]

    def changes(self, last_usn=0, **how):
        return self.data("mediaChanges", {"lastUsn": last_usn}, **how)

    def upload(self, changes):
        return self.data("uploadChanges", upload_zip(changes))

    def download(self, names):
        answer = self.ask("downloadFiles", {"files": names})
        assert answer.status == 200, answer
        return downloaded(answer.body)

    def sanity(self, local, **how):
        return self.data("mediaSanity", {"local": local}, **how)

    def rows(self):
        """All changes, page by page, as clients read them."""
        rows = []
        while page := self.changes(rows[-1][1] if rows else 0):
            rows += page
        return rows

    def live(self):
        """{name: content} of what is listed; each has the hash that the list says."""
        hashes = {name: sha1 for name, _, sha1 in self.rows() if sha1}
        names, files = list(hashes), {}
        while names:
            files |= self.download(names[:25])
            names = [name for name in names if name not in files]
        assert {name: hashlib.sha1(content).hexdigest() for name, content in files.items()} == hashes
        assert self.sanity(len(files)) == "OK"
        return files


def upload_zip(changes, compression=zipfile.ZIP_STORED, deletion=None):
    """changes: {name: content, or None for a deletion}, or a list of such pairs. deletion: how `_meta` says it."""
    changes = list(changes.items() if isinstance(changes, dict) else changes)
    members = {str(n): content for n, (_, content) in enumerate(changes) if content is not None}
    meta = [[name, deletion if content is None else str(n)] for n, (name, content) in enumerate(changes)]
    return make_zip({**members, "_meta": json.dumps(meta)}, compression)


def make_zip(members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def streamed_zip(members):
    """As a sender makes it that cannot go back: sizes follow the content, in data descriptors."""

    class Stream(io.RawIOBase):
        def __init__(self):
            self.bytes = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.bytes += data
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return bytes(stream.bytes)


def downloaded(body):
    """{name: content} of a download, in its order."""
    archive = zipfile.ZipFile(io.BytesIO(body))
    names = json.loads(archive.read("_meta"))
    return {names[info.filename]: archive.read(info) for info in archive.infolist() if info.filename != "_meta"}


def form(fields):
    """headers and body of multipart/form-data; a field is name: value, bytes as a file or text without a file name."""
    parts = []
    for name, value in fields.items():
        file = '; filename="data"\r\ncontent-type: application/octet-stream' if isinstance(value, bytes) else ""
        value = value if isinstance(value, bytes) else value.encode()
        head = f'--b\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts += [head.encode(), value, b"\r\n"]
    return {"content-type": "multipart/form-data; boundary=b"}, b"".join(parts) + b"--b--\r\n"
