# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every method of the protocol with JSON that no client sends.

Each one is refused as docs/protocol.md, 1.7 says, with one line in the log; nothing that the volume holds changes, and
the next honest sync works.
"""

import json
import re

import pytest

from support.wire import NO_CHANGES, base_collection, load

BASES = load("json_matrix.json")["bases"]
NOTETYPE, DECK, PRESET = (json.loads(BASES[name]["in"]) for name in ("notetype", "deck_normal", "dconf"))
REVIEW = [1, 7, 10, 3, 1, 1, 2500, 900, 1]
CARD = [8, 5, 1, 0, 100, 10, 0, 0, 1, 1, 2500, 1, 0, 0, 0, 0, 0, ""]
NOTE = [9, "guid", 1000, 100, 10, "", "F\x1fB", "", "", 0, ""]
GRAVES = {"cards": [], "decks": [], "notes": []}

# What each method takes; a path leads to a value of its body.
HONEST = {
    ("sync", "hostKey"): {"u": "u", "p": "p"},
    ("sync", "meta"): {"v": 11, "cv": "x"},
    ("sync", "start"): {"minUsn": 10, "lnewer": False},
    ("sync", "applyGraves"): {"chunk": GRAVES},
    ("sync", "applyChanges"): {"changes": NO_CHANGES},
    ("sync", "chunk"): {},
    ("sync", "applyChunk"): {"chunk": {"done": False}},
    ("sync", "sanityCheck2"): {"client": [[0, 0, 0], 0, 0, 0, 0, 1, 1, 1]},
    ("sync", "finish"): {},
    ("sync", "abort"): {},
    ("sync", "download"): {},
    ("msync", "begin"): {"v": "x"},
    ("msync", "mediaChanges"): {"lastUsn": 0},
    ("msync", "downloadFiles"): {"files": []},
    ("msync", "mediaSanity"): {"local": 0},
}
IN_SESSION = {"applyGraves", "applyChanges", "chunk", "applyChunk", "sanityCheck2", "finish"}

NO_JSON = {
    "nothing": "",
    "blanks": " \n\t ",
    "a word": "hello",
    "half an object": '{"a":',
    "an open string": '{"a":"',
    "a trailing comma": '{"a":1,}',
    "two values": "{}{}",
    "a comment": "/* */{}",
    "single quotes": "{'a':1}",
    "NaN": '{"z":NaN}',
    "Infinity": '{"z":-Infinity}',
    "hexadecimal": '{"z":0x10}',
    "a leading zero": '{"z":01}',
    "a bare dot": '{"z":1.}',
    "a plus": '{"z":+1}',
    "a control character": '{"z":"\n"}',
    "a NUL": "{}\0",
    "a BOM": "\ufeff{}",
    "UTF-16": "{}".encode("utf-16"),
    "invalid UTF-8": b'{"z":"\xff"}',
    "an overlong form": b'{"z":"\xc0\xaf"}',
    "an encoded surrogate": b'{"z":"\xed\xa0\x80"}',
    "beyond Unicode": b'{"z":"\xf4\x90\x80\x80"}',
    "a lone surrogate": '{"z":"\\ud800"}',
    "a lone surrogate in a key": '{"\\udc00":1}',
    "half an escape": '{"z":"\\u12"}',
    "an odd escape": '{"z":"\\x41"}',
    "200,000 open lists": "[" * 200_000,
    "200,000 open objects": '{"a":' * 200_000,
    "random bytes": bytes(range(256)) * 64,
}
NO_OBJECT = {
    "null": "null",
    "true": "true",
    "a number": "1",
    "a string": '"x"',
    "a list": "[]",
    "a list of it": "[{}]",
}
ODD_VALUES = {
    "null": None,
    "a string": "x",
    "a NUL": "\0",
    "a list": [[]],
    "an object": {"a": {}},
    "true": True,
    "a float": 1.5,
    "an exponent": "RAW1e400",
    "a huge float": "RAW-1e308",
    "31 bits": 2**31,
    "63 bits": 2**63,
    "64 bits": 2**64,
    "10^30": 10**30,
    "below 31 bits": -(2**31) - 1,
    "a number of 100,000 digits": "RAW" + "9" * 100_000,
    "minus zero": "RAW-0",
    "a list of 100,000 nulls": [None] * 100_000,
}

SMALL_ODD_VALUES = {name: odd for name, odd in ODD_VALUES.items() if "100,000" not in name}


def text_of(value):
    """JSON, in which "RAW…" stands for a number as it is."""
    return re.sub(r'"RAW([^"]*)"', r"\1", json.dumps(value))


def with_odd_members(value, odd_values=ODD_VALUES, path=""):
    """(name, the value with one of its members, at any depth, left out or odd)."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        kept = (
            {k: v for k, v in value.items() if k != key} if isinstance(value, dict) else value[:key] + value[key + 1 :]
        )
        yield f"{path}.{key} left out", kept
        for name, odd in odd_values.items():
            changed = value.copy()
            changed[key] = odd
            yield f"{path}.{key} is {name}", changed
        if isinstance(value[key], (dict, list)):
            for name, inner in with_odd_members(value[key], odd_values, f"{path}.{key}"):
                changed = value.copy()
                changed[key] = inner
                yield name, changed


@pytest.fixture(scope="module")
def wire(server):
    wire = server.login()
    wire.upload(base_collection("insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')"))
    wire.call("begin", HONEST["msync", "begin"], service="msync")  # makes the media index
    return wire


class Attack:
    """Asks, and looks at what came of it."""

    def __init__(self, server, wire):
        self.server, self.wire = server, wire
        self.before = server.holds()

    def ask(self, service, method, content, name):
        if method in IN_SESSION:
            self.wire.start()
        self.server.new_refusals()
        answer = self.wire.call(method, content, service=service)
        assert len(self.server.new_refusals()) == (answer.status != 200), f"{method}, {name}: a refusal is one line"
        self.wire.call("abort", {})
        return answer.status

    def survived(self):
        """Nothing changed, and an honest sync ends well."""
        assert self.server.holds() == self.before
        self.wire.start()
        counts = [[0, 0, 0], 1, 0, 0, 0, 1, 1, 1]
        assert self.wire.done("sanityCheck2", {"client": counts})["status"] == "ok"
        self.wire.call("abort", {})


@pytest.fixture
def attack(server, wire):
    attack = Attack(server, wire)
    yield attack
    attack.survived()


METHODS = pytest.mark.parametrize("service, method", HONEST, ids=lambda value: value)


@METHODS
def test_what_is_no_json_is_refused(attack, service, method):
    for name, content in {**NO_JSON, **NO_OBJECT}.items():
        assert attack.ask(service, method, content, name) == 400, name


@METHODS
def test_a_member_that_is_missing_or_odd_is_taken_or_refused(attack, service, method):
    for name, content in with_odd_members(HONEST[service, method]):
        assert attack.ask(service, method, text_of(content), name) in (200, 400, 403, 501), name


@pytest.mark.parametrize("kind, row", [("revlog", REVIEW), ("cards", CARD), ("notes", NOTE)])
def test_a_row_with_an_odd_value_is_taken_or_refused(attack, kind, row):
    for name, content in with_odd_members([row]):
        content = text_of({"chunk": {kind: content}})
        status = attack.ask("sync", "applyChunk", content, name)
        assert status in (200, 400), name


OBJECTS = {"notetype": (["models"], NOTETYPE), "deck": (["decks", 0], DECK), "preset": (["decks", 1], PRESET)}


@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_with_an_odd_member_is_taken_or_refused(attack, kind):
    (first, *rest), honest = OBJECTS[kind]
    for name, content in with_odd_members(honest, SMALL_ODD_VALUES):
        changes = json.loads(json.dumps(NO_CHANGES))
        (changes[first][rest[0]] if rest else changes[first]).append(content)
        assert attack.ask("sync", "applyChanges", text_of({"changes": changes}), name) in (200, 400), name
