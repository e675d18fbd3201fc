# SPDX-License-Identifier: AGPL-3.0-or-later
"""protocol.json: status. Paths, headers, bodies and keys, right and wrong, and the HTTP status that each gets.

Clients look at the status alone, so the text of a refusal is not compared.
"""
import json
import re
import time

import pytest

from support.wire import NO_CHANGES, base_collection, frame, load, to_bytes

CASES = load("protocol.json")["status"]
META = '{"v":11,"cv":"x"}'
TOLERANT = "paths that people's settings and proxies make by mistake still reach the method"
OBJECTS = "no client sends an object as a list, or a list as an object"
EMPTY_METHODS = ("chunk", "finish", "abort", "download")
DEPARTURES = {
    "GET /": (200, "a page tells a person which address to type into which client"),
    "trailing slash": (200, TOLERANT),
    "double slash": (200, TOLERANT),
    "double slash inside": (200, TOLERANT),
    "anki-sync header v = 12, meta": (200, "a newer client reads that this server must be updated"),
    "anki-sync header: array": (400, "only an object is a header"),
    "meta body array": (400, OBJECTS),
    "applyChanges decks as object": (400, OBJECTS),
    **{f"{method} with {form}": (400, OBJECTS) for method in EMPTY_METHODS for form in ("[]", "[null]")},
    **{f"{method} with {form}": (200, "what we do not know in it is ignored") for method in EMPTY_METHODS
       for form in ('{"x":1}', '{"_pad":1}')},
    "unknown key and broken body: body first": (403, "the key is checked before a body is taken"),
}
EMPTY_INPUTS = {"empty": "", "{ } with blanks": " { } \n"}  # others say themselves what they are
SESSION_METHODS = {
    "start": {"minUsn": 10, "lnewer": False, "graves": None},
    "applyGraves": {"chunk": {"cards": [], "decks": [], "notes": []}},
    "applyChanges": {"changes": NO_CHANGES}, "chunk": {}, "applyChunk": {"chunk": {}},
    "sanityCheck2": {"client": [[0, 0, 0], 0, 0, 0, 0, 1, 1, 1]}, "finish": {}}
VALID = SESSION_METHODS | {"meta": {"v": 11, "cv": "x"}, "abort": {}, "upload": "fake data", "download": {}}


def nesting(depth):
    return '{"v":11,"cv":"x","z":%s}' % ("[" * (depth - 1) + "]" * (depth - 1))


META_BODIES = {
    "not JSON": "hello", "null": "null", "empty object": "{}", "array": '[11,"x"]', "trailing text": META + "x",
    "trailing blanks": META + " \n\t ", "BOM": b"\xef\xbb\xbf" + META.encode(),
    "invalid UTF-8": b'{"v":11,"cv":"\xff"}',
    "duplicate key": '{"v":11,"v":11,"cv":"x"}', "comment": "/* */" + META,
    "nesting 127": nesting(127), "nesting 128": nesting(128), "nesting 129": nesting(129)}
LOGINS = {
    "right": {"u": "u", "p": "p"}, "wrong password": {"u": "u", "p": "x"}, "wrong user": {"u": "x", "p": "p"},
    "user in other case": {"u": "U", "p": "p"}, "user with blank": {"u": "u ", "p": "p"}, "p missing": {"u": "u"},
    "p not a string": {"u": "u", "p": 5}, "extra key": {"u": "u", "p": "p", "x": 1}, "empty": {"u": "", "p": ""}}
STARTS = {
    "minUsn missing": {"lnewer": False, "graves": None}, "lnewer missing": {"minUsn": 10, "graves": None},
    "graves missing": {"minUsn": 10, "lnewer": False},
    "offset extra": {"minUsn": 10, "lnewer": False, "graves": None, "offset": 0},
    "minUsn float": {"minUsn": 10.0, "lnewer": False}, "minUsn too big": {"minUsn": 2147483648, "lnewer": False},
    "lnewer 1": {"minUsn": 10, "lnewer": 1}, "lnewer null": {"minUsn": 10, "lnewer": None}}
CHANGES = {
    "changes missing": {}, "changes null": {"changes": None},
    "models missing": {"changes": {"decks": [[], []], "tags": []}},
    "decks missing": {"changes": {"models": [], "tags": []}},
    "tags missing": {"changes": {"models": [], "decks": [[], []]}},
    "decks with one list": {"changes": NO_CHANGES | {"decks": [[]]}},
    "decks with three lists": {"changes": NO_CHANGES | {"decks": [[], [], []]}},
    "decks as object": {"changes": NO_CHANGES | {"decks": {"decks": [], "config": []}}},
    "models as object": {"changes": NO_CHANGES | {"models": {}}},
    "extra keys": {"changes": NO_CHANGES | {"x": 1}, "y": 2},
    "changes as array": {"changes": [[], [[], []], []]}}
CHUNKS = {
    "chunk missing": {}, "chunk null": {"chunk": None}, "chunk empty": {"chunk": {}},
    "done null": {"chunk": {"done": None}}, "done 1": {"chunk": {"done": 1}}, "revlog null": {"chunk": {"revlog": None}},
    "extra keys": {"chunk": {"x": 1}, "y": 2}}
PATHS = {
    "unknown method": ("POST", "/sync/nope"), "unknown method, wrong verb": ("GET", "/sync/nope"),
    "method in other case": ("POST", "/sync/Meta"), "method in snake case": ("POST", "/sync/host_key"),
    "trailing slash": ("POST", "/sync/meta/"), "double slash": ("POST", "//sync/meta"),
    "double slash inside": ("POST", "/sync//meta"), "query string is ignored": ("POST", "/sync/meta?x=1"),
    "percent-encoded method": ("POST", "/sync/%6Deta"), "deeper path": ("POST", "/sync/meta/x"),
    "sanityCheck (old name)": ("POST", "/sync/sanityCheck"), "getDecks": ("POST", "/sync/getDecks")}


class Asker:
    def __init__(self, wire):
        self.wire = wire

    def header(self, **changed):
        parts = {"v": 11, "k": self.wire.key, "c": "test,1,linux", "s": "a"} | changed
        return {"anki-sync": json.dumps({name: value for name, value in parts.items() if value != "left out"})}

    def post_meta(self, header, body=None, path="/sync/meta"):
        return self.wire.post(path, header, frame(META.encode()) if body is None else body)

    def ask(self, note):
        """The request that the vector's note describes."""
        if match := re.fullmatch(r"(GET|POST|HEAD|PUT|OPTIONS) (/.*)", note):
            return self.wire.request(*match.groups(), {}, b"")
        if note in PATHS:
            verb, path = PATHS[note]
            return self.wire.request(verb, path, self.header(), frame(META.encode()) if verb == "POST" else b"")
        if match := re.fullmatch(r"anki-sync header(.*)", note):
            return self.ask_with_header(match[1])
        if match := re.fullmatch(r"meta body (.*)", note):
            return self.wire.call("meta", META_BODIES[match[1]])
        if match := re.fullmatch(r"(\w+) with empty s", note):
            return self.wire.call(match[1], VALID[match[1]], skey="")
        if match := re.fullmatch(r"(\w+) with unknown key", note):
            return self.wire.call(match[1], VALID[match[1]], key="0" * 40)
        if match := re.fullmatch(r"(chunk|finish|abort|download) with (.*)", note):
            if match[1] in ("chunk", "finish"):
                self.wire.start()
            return self.wire.call(match[1], EMPTY_INPUTS.get(match[2], match[2]))
        if note == "hostKey with a stale key":
            return self.wire.call("hostKey", LOGINS["right"], key="stale")
        if match := re.fullmatch(r"hostKey (.*)", note):
            return self.wire.call("hostKey", LOGINS[match[1]], key="")
        if match := re.fullmatch(r"start (.*)", note):
            return self.wire.call("start", STARTS[match[1]])
        if match := re.fullmatch(r"(applyChanges|applyChunk) (.*)", note):
            self.wire.start()
            return self.wire.call(match[1], (CHANGES if match[1] == "applyChanges" else CHUNKS)[match[2]])
        return self.ask_oddly(note)

    def ask_with_header(self, rest):
        texts = {": not JSON": "hello", ": empty": "", ": empty object": "{}", ": null": "null",
                 ": array": json.dumps([11, "k", "c", "s"]),
                 " with duplicate member": self.header()["anki-sync"][:-1] + ',"v":11}'}
        if rest in texts:
            return self.post_meta({"anki-sync": texts[rest]})
        if rest == " with extra member":
            return self.post_meta(self.header(x=1))
        if match := re.fullmatch(r" without (\w)", rest):
            return self.post_meta(self.header(**{match[1]: "left out"}))
        name, value = re.fullmatch(r" (\w) = (.*), meta", rest).groups()
        value = {"None": None, "'11'": "11", "''": "", "'unknown'": "unknown"}.get(value, value)
        if isinstance(value, str) and re.fullmatch(r"'[0-9A-F]{40}'", value):
            value = self.wire.key.upper() + "X"  # a key of ours without small letters is its own upper case
        elif isinstance(value, str) and re.fullmatch(r"-?[\d.]+", value) and value != "11":
            value = json.loads(value)
        return self.post_meta(self.header(**{name: value}))

    def ask_oddly(self, note):
        zstd = frame(META.encode())
        broken = b"this is no zstd frame"
        multipart = {"content-type": "multipart/form-data"}
        requests = {
            "no header, no body": ({}, b""), "no header, zstd body": ({}, zstd),
            "no header, JSON content type": ({"content-type": "application/json"}, META.encode()),
            "no header, multipart without boundary": (multipart, b"--x\r\n"),
            "no header, broken multipart": ({"content-type": "multipart/form-data; boundary=x"}, b"hello"),
            "header v 7 and unknown key: version first": (self.header(v=7, k="unknown"), zstd),
            "unknown key and broken body: body first": (self.header(k="unknown"), broken),
            "unknown key and bad JSON: key first": (self.header(k="unknown"), frame(b"hello")),
            "header v 7 and broken body": (self.header(v=7), broken),
            "body not zstd": (self.header(), META.encode()), "body empty": (self.header(), b""),
            "body: zstd of nothing": (self.header(), frame(b"")),
            "zstd cut in the middle": (self.header(), zstd[:len(zstd) // 2]),
            "zstd with trailing garbage": (self.header(), zstd + b"garbage"),
            "zstd, two frames": (self.header(), zstd + zstd),
            "zstd skippable frame first": (self.header(), b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip" + zstd),
            "zstd with content size and checksum": (self.header(), frame(META.encode(), write_checksum=True)),
            "zstd with wrong checksum": (self.header(), frame(META.encode(), write_checksum=True)[:-1] + b"\x00")}
        header, body = requests[note]
        return self.post_meta(header, body)


@pytest.fixture(scope="module")
def asker(wire):
    wire.upload(base_collection())
    return Asker(wire)


@pytest.mark.parametrize("note, status, body, headers", CASES, ids=[case[0] for case in CASES])
def test_status(asker, wire, ours, note, status, body, headers):
    wire.call("abort", {})
    if ours and note in DEPARTURES:
        status = DEPARTURES[note][0]
    answer = asker.ask(note)
    assert answer.status == status, answer
    if status == 200 and body.startswith("{") and not note.startswith("hostKey"):
        expected = json.loads(body)
        found = answer.json()
        if "ts" in expected:
            assert abs(found["ts"] - time.time()) < 5
            found |= {"ts": "NOW_S"}
            for moved in ("mod", "usn"):  # by the cases before
                found[moved] = expected[moved]
        assert found == expected
    elif body == "null" and status == 200:
        assert answer.body == b"null"
    if headers.get("anki-original-size"):
        assert int(answer.headers["anki-original-size"]) == len(answer.body)
    wire.call("abort", {})
