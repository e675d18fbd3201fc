# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small client of our own that speaks protocol 11 and says exactly what it is told, right or wrong."""
import functools
import gzip
import http.client
import json
import sqlite3
import tempfile
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import zstandard

from . import secrets

VECTORS = Path(__file__).parents[1] / "vectors"
NO_CHANGES = {"models": [], "decks": [[], []], "tags": []}


@dataclass
class Answer:
    status: int
    body: bytes  # decompressed
    headers: dict

    def json(self):
        return json.loads(self.body)


class Wire:
    """key is the account's hkey after login(). Every request has a connection of its own: the official server drops
    one whose request it did not read to the last byte, and a real client begins another without a word."""

    def __init__(self, url):
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self.key = ""
        self.attempt = 0

    def login(self, user, password):
        answer = self.call("hostKey", {"u": user, "p": password})
        assert answer.status == 200, answer
        self.key = answer.json()["key"]
        secrets.remember(password, self.key)

    def call(self, method, content, skey="a", key=None, service="sync"):
        """content: bytes and text as they are, anything else as JSON. skey: alike ones of one attempt are the same."""
        key = self.key if key is None else key
        skey = skey and f"{skey}{self.attempt}"
        header = json.dumps({"v": 11, "k": key, "c": "test,1,linux", "s": skey})
        return self.post(f"/{service}/{method}", {"anki-sync": header}, frame(to_bytes(content)))

    def post(self, path, headers, body):
        return self.request("POST", path, headers, body)

    def request(self, verb, path, headers, body):
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        connection.connect()  # without one there is no answer to be read below
        try:
            # Real clients send chunks; an iterator makes http.client do the same.
            connection.request(verb, path, iter([body]) if body else None, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before the end: the answer is there to be read
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, response.read(), headers)
        connection.close()
        if answer.status == 200 and "anki-original-size" in answer.headers:
            answer.body = zstandard.ZstdDecompressor().decompressobj().decompress(answer.body)
            assert len(answer.body) == int(answer.headers["anki-original-size"])
        return answer

    # -- whole steps

    def upload(self, file):
        answer = self.call("upload", file, skey="")
        assert (answer.status, answer.body) == (200, b"OK"), answer
        self.attempt += 1  # a client makes a new skey for every sync

    def start(self, min_usn=10, newer=False, graves=None):
        answer = self.call("start", {"minUsn": min_usn, "lnewer": newer, "graves": graves})
        assert answer.status == 200, answer
        return answer.json()

    def done(self, method, content):
        answer = self.call(method, content)
        assert answer.status == 200, (method, answer)
        return answer.json()

    def meta(self):
        return self.done("meta", {"v": 11, "cv": "test"})

    def stored(self):
        """What the server holds: a download, as an open database."""
        answer = self.call("download", {})
        assert answer.status == 200, answer
        return open_file(answer.body)


def to_bytes(content):
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()


def frame(data, **options):
    """One zstd frame, as a streaming encoder makes it: without its content's size."""
    compressor = zstandard.ZstdCompressor(write_content_size=False, **options).compressobj()
    return compressor.compress(data) + compressor.flush()


def unfinished_frame(data):
    """All of the content, but not the frame's end."""
    compressor = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return compressor.compress(data) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


@functools.cache
def load(name):
    return json.loads((VECTORS / name).read_text())


def vector_file(text):
    """The bytes of a file_gz_b64 member."""
    return gzip.decompress(b64decode(text))


def base_collection(*statements):
    """The vectors' starting point, after these statements: SQL, or [SQL, values]."""
    data = vector_file(load("base_collection.json")["file_gz_b64"])
    if not statements:
        return data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(data)
        database = open_path(path)
        database.execute("pragma journal_mode = delete")
        for statement in statements:
            sql, values = statement if isinstance(statement, list) else (statement, [])
            database.execute(sql, values)
        database.close()
        return path.read_bytes()


def open_file(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(data)
        copy = open_path(":memory:")
        source = open_path(path)
        source.backup(copy)
        source.close()
        return copy


def open_path(path):
    database = sqlite3.connect(path, isolation_level=None)
    folding = unicase_folding()
    database.create_collation("unicase", lambda a, b: compare(a.translate(folding), b.translate(folding)))
    return database


def compare(a, b):
    return (a > b) - (a < b)


@functools.cache
def unicase_folding():
    table = load("unicase.json")
    folding = {char: chr(char + shift) for first, last, step, shift in table["folding_runs"]
               for char in range(first, last + 1, step)}
    return folding | {char: "".join(map(chr, folded)) for char, folded in table["folding_multi"]}
