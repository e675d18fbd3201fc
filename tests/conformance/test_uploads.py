# SPDX-License-Identifier: AGPL-3.0-or-later
"""upload_limits.json: files that are taken or refused as a collection, sizes, odd frames, deep nesting."""
import random
from base64 import b64encode

import pytest

from support.servers import KINDS
from support.wire import Wire, base_collection, frame, load, unfinished_frame, vector_file

LIMITS = load("upload_limits.json")
CORRUPT = "Your upload was corrupt. Please use Check Database, or restore from backup."
ONE_CARD = "insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')"
# What the official server takes although its later syncs fail, or lose what was there before.
REFUSED = {
    "legacy schema, empty models",
    "empty body inside a zstd frame", "0 bytes, no zstd frame", "SQLite file without tables but user_version",
    "SQLite file with a foreign table", "SQLite file: col(ver=18) only", "media database", "UTF-16 database",
    "collection without its last byte", "collection with trailing garbage page",
    "collection with trailing garbage bytes",
    "two col rows", "col.usn -5", "deck 1 missing", "deck blob undecodable", "no notetypes", "table tags dropped",
    "table revlog dropped", "cards is a view", "config blob not JSON", "col.ver set to 15", "col.ver set to 16",
    "col.ver set to 17",
}


def is_legacy(case):
    return "legacy framing" in case["note"]


@pytest.mark.parametrize("case", [case for case in LIMITS["upload"] if not is_legacy(case)],
                         ids=lambda case: case["note"])
def test_what_is_taken_as_a_collection(wire, ours, case):
    wire.upload(base_collection(ONE_CARD))
    if case["file_gz_b64"] is None:
        header = '{"v":11,"k":"%s","c":"test","s":""}' % wire.key
        answer = wire.post("/sync/upload", {"anki-sync": header}, b"")
    else:
        answer = wire.call("upload", vector_file(case["file_gz_b64"]), skey="")
    assert answer.status == 200
    if ours and case["note"] in REFUSED:
        assert answer.body.decode() == CORRUPT
        meta = wire.meta()
        assert (meta["usn"], meta["empty"]) == (10, False), "the previous collection is kept"
        return
    assert answer.body.decode() == case["text"]
    if case.get("meta_afterwards_status"):
        assert wire.call("meta", {"v": 11, "cv": "x"}).status == case["meta_afterwards_status"]
        return
    meta, expected = wire.meta(), case["meta_afterwards"]
    assert (meta["usn"], meta["empty"]) == (expected["usn"], expected["empty"])
    if expected["scm"] != "NOW_MS":
        assert meta["scm"] == expected["scm"]


@pytest.fixture(scope="module")
def small(target, tmp_path_factory):
    """A server that was told MAX_SYNC_PAYLOAD_MEGS=1."""
    folder = tmp_path_factory.mktemp("small")
    server = KINDS[target](folder, users={"u": "p"}, MAX_SYNC_PAYLOAD_MEGS="1").start()
    wire = Wire(server.url)
    wire.login("u", "p")
    yield wire
    server.stop()


def padded(size):
    """A collection of exactly that many bytes."""
    pages = size // 4096
    have = len(base_collection("create table pad(x)", "insert into pad values (zeroblob(0))")) // 4096
    # Every overflow page carries 4092 bytes; the first part of the row stays on the table's own page.
    for slack in range(8):
        filling = (pages - have - slack) * 4092 + 1000
        data = base_collection("create table pad(x)", ["insert into pad values (zeroblob(?))", [filling]])
        if len(data) == size:
            return data
    raise AssertionError(f"no collection of {size} bytes")


@pytest.mark.parametrize("note, status, text", [
    case for case in LIMITS["limits"] if case[0].startswith("upload of")], ids=lambda value: str(value))
def test_the_size_of_an_upload(small, ours, note, status, text):
    if ours and note == "upload of 3145728 bytes":
        text = "OK"  # a limit is the largest size that is taken, here as everywhere
    small.upload(base_collection())
    answer = small.call("upload", padded(int(note.split()[2])), skey="")
    assert (answer.status, answer.body.decode()) == (status, text)
    assert small.meta()["scm"] == 1700000000000


META_SIZES = [case for case in LIMITS["limits"] if case[0].startswith("meta") and not case[0].startswith("meta.scm")]
SIZE_DEPARTURES = {
    "meta: valid JSON followed by blanks up to 3145729 bytes": "over its bound is over its bound, whatever was cut off",
    "meta: valid JSON followed by blanks up to 3145828 bytes": "over its bound is over its bound, whatever was cut off",
}


@pytest.mark.parametrize("note, status", META_SIZES, ids=lambda value: str(value))
def test_the_size_of_a_body(small, ours, note, status):
    text = '{"v":11,"cv":"x"}'
    if "blanks" in note:
        size = int(note.split()[-2])
        text += " " * (size - len(text))
    elif "incompressible" in note:
        noise = b64encode(random.Random(1).randbytes(3 << 19)).decode()
        text = '{"v":11,"cv":"%s"}' % noise
    else:
        size = int(note.split()[3])
        text = '{"v":11,"cv":"%s"}' % ("x" * (size - len('{"v":11,"cv":""}')))
    expected = 400 if ours and note in SIZE_DEPARTURES else status
    assert small.call("meta", text).status == expected


FRAME_DEPARTURES = {
    "meta: zstd frame without its last block (all data present)": "a body that ends too early may lack something",
    "meta: frame cut inside the last block header": "a body that ends too early may lack something",
    "meta: unterminated frame, 300 kB blanks first": "a body that ends too early may lack something",
}


@pytest.mark.parametrize("note, status", LIMITS["frames_and_nesting"], ids=lambda value: str(value))
def test_odd_frames_and_deep_nesting(wire, ours, note, status):
    wire.call("abort", {})
    header = {"anki-sync": '{"v":11,"k":"%s","c":"test","s":"a"}' % wire.key}
    whole = frame(b'{"v":11,"cv":"x"}')
    if "nested arrays" in note:
        depth = int(note.split()[1])
        nest = "[" * depth + "]" * depth
        answer = nested(wire, note, nest)
    elif note == "meta: zstd frame without its last block (all data present)":
        answer = wire.post("/sync/meta", header, unfinished_frame(b'{"v":11,"cv":"x"}'))
    elif note == "meta: frame cut inside the last block header":
        answer = wire.post("/sync/meta", header, unfinished_frame(b'{"v":11,"cv":"x"}') + b"\x01")
    elif note == "meta: unterminated frame, 300 kB blanks first":
        answer = wire.post("/sync/meta", header, unfinished_frame(b" " * 300_000 + b'{"v":11,"cv":"x"}'))
    elif note == "meta: only the zstd magic":
        answer = wire.post("/sync/meta", header, whole[:4])
    else:
        assert note == "meta: two bytes of the magic"
        answer = wire.post("/sync/meta", header, whole[:2])
    expected = 400 if ours and note in FRAME_DEPARTURES else status
    assert answer.status == expected
    wire.call("abort", {})


def nested(wire, note, nest):
    if note.startswith("meta"):
        return wire.call("meta", '{"v":11,"cv":"x","z":%s}' % nest)
    wire.upload(base_collection())
    wire.start(newer=True)
    if "conf value" in note:
        changes = '{"changes":{"models":[],"decks":[[],[]],"tags":[],"conf":{"a":%s}}}' % nest
    else:
        notetype = load("json_matrix.json")["bases"]["notetype"]["in"]
        changes = '{"changes":{"models":[%s],"decks":[[],[]],"tags":[]}}' % (notetype[:-1] + ',"zzz":%s}' % nest)
    return wire.call("applyChanges", changes)
