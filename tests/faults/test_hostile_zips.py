# SPDX-License-Identifier: AGPL-3.0-or-later
"""Archives of media that no client makes, and names that would leave the folder.

Each is refused as a whole, with one line in the log; the volume keeps what it held; the next honest upload is taken.
"""

import io
import json
import struct
import zipfile
import zlib

import pytest

from support.wire import base_collection

MIB = 1 << 20


def member(name, data, method=8, flags=0, size=None, stored_size=None, crc=None, external=0, extra=b"", offset=None):
    """(local header with its content, directory entry) that say what they are told, true or not."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush() if method == 8 else data
    crc = zlib.crc32(data) if crc is None else crc
    size = len(data) if size is None else size
    stored_size = len(body) if stored_size is None else stored_size
    name = name.encode() if isinstance(name, str) else name
    local = (
        struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0, crc, stored_size, size, len(name), 0)
        + name
        + body
    )
    return (
        local,
        lambda at: struct.pack(
            "<4s6H3I5H2I",
            b"PK\1\2",
            20,
            20,
            flags,
            method,
            0,
            0,
            crc,
            stored_size,
            size,
            len(name),
            len(extra),
            0,
            0,
            0,
            external,
            at if offset is None else offset,
        )
        + name
        + extra,
    )


def archive(members, entries=None, directory_size=None, directory_offset=None, tail=b"", before=b""):
    body, directory = before, b""
    for local, entry in members:
        directory += entry(len(body))
        body += local
    end = struct.pack(
        "<4s4H2IH",
        b"PK\5\6",
        0,
        0,
        entries if entries is not None else len(members),
        entries if entries is not None else len(members),
        len(directory) if directory_size is None else directory_size,
        len(body) if directory_offset is None else directory_offset,
        len(tail),
    )
    return body + directory + end + tail


def meta(*entries):
    return member("_meta", json.dumps(entries).encode())


def batch(name="a.txt", data=b"content", **lies):
    return archive([member("0", data, **lies), meta([name, "0"])])


def plain_zip(files, entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
        out.writestr("_meta", json.dumps(entries))
    return made.getvalue()


BOMB = bytes(110 * MIB)  # more than any file may have, in 110 KB
LARGE = bytes(90 * MIB)  # a file may have that, a batch no three of it
REFUSED = {
    "nothing": b"",
    "no zip": b"hello",
    "an end record alone is no batch": archive([]),
    "no _meta": archive([member("0", b"x")]),
    "_meta that is no list": archive([member("_meta", b"{}")]),
    "_meta that is no JSON": archive([member("_meta", b"[[")]),
    "_meta nested 100,000 deep": archive([member("_meta", b"[" * 50_000)]),
    "_meta with a number for a name": archive([member("0", b"x"), meta([1, "0"])]),
    "_meta with three parts": archive([member("0", b"x"), meta(["a", "0", "b"])]),
    "_meta of one part": archive([meta(["a"])]),
    "_meta with a lone surrogate": archive([member("0", b"x"), member("_meta", b'[["\\ud800","0"]]')]),
    "_meta of invalid UTF-8": archive([member("0", b"x"), member("_meta", b'[["\xff","0"]]')]),
    "26 entries": archive([member("0", b"x"), meta(*[[f"{n}.txt", "0"] for n in range(26)])]),
    "a member that is not there": archive([meta(["a.txt", "0"])]),
    "an empty file": batch(data=b""),
    "encrypted": batch(flags=1),
    "strongly encrypted": batch(flags=0x41),
    "bzip2": batch(method=12),
    "zstd": batch(method=93),
    "no method": batch(method=0xFFFF),
    "announced longer": batch(size=8),
    "announced shorter": batch(size=6),
    "announced as 4 GiB": batch(size=0xFFFFFFFF),
    "announced as nothing": batch(size=0),
    "stored size too small": batch(stored_size=3),
    "stored size too large": batch(stored_size=4000),
    "stored size 4 GiB": batch(stored_size=0xFFFFFFFF),
    "wrong checksum": batch(crc=1),
    "deflated garbage": archive(
        [(b"PK\3\4" + bytes(26) + b"\xff" * 40, member("0", b"x" * 40, stored_size=40)[1]), meta(["a", "0"])]
    ),
    "zip64 sizes in an extra field": batch(
        size=0xFFFFFFFF, stored_size=0xFFFFFFFF, extra=struct.pack("<HHQQ", 1, 16, 7, 9)
    ),
    "zip64 that lies": batch(size=0xFFFFFFFF, stored_size=0xFFFFFFFF, extra=struct.pack("<HHQQ", 1, 16, 2**63, 2**62)),
    "offset outside": batch(offset=0xFFFFFFF0),
    "offset into the directory": batch(offset=100),
    "offset at another's content": batch(offset=5),
    "more entries than there are": archive([member("0", b"x"), meta(["a", "0"])], entries=9),
    "65,535 entries announced": archive([member("0", b"x"), meta(["a", "0"])], entries=0xFFFF),
    "directory size 4 GiB": archive([member("0", b"x"), meta(["a", "0"])], directory_size=0xFFFFFFFF),
    "directory offset 4 GiB": archive([member("0", b"x"), meta(["a", "0"])], directory_offset=0xFFFFFFFF),
    "cut": batch()[:-10],
    "cut in the middle": batch()[:60],
    "a bomb": batch(data=BOMB),
    "a bomb that says it is small": batch(data=BOMB, size=100),
    "three of 90 MiB": archive(
        [*[member(str(n), LARGE) for n in range(3)], meta(*[[f"{n}.bin", str(n)] for n in range(3)])]
    ),
    "_meta as a bomb": archive([member("0", b"x"), member("_meta", b" " * (50 * MIB))]),
}
NAMES_REFUSED = {
    "empty": "",
    "here": ".",
    "above": "..",
    "slash": "a/b",
    "absolute": "/etc/passwd",
    "climbing": "../../../etc/cron.d/x",
    "backslash": "..\\x",
    "NUL": "a\0b",
    "newline": "a\nb",
    "escape": "a\x1bb",
    "delete": "a\x7fb",
    "256 bytes": "a" * 256,
    "a megabyte": "a" * 40_000,
    "decomposed": "u\u0308.txt",
}
TAKEN = {
    "a symbolic link is a file with a path in it": (batch(data=b"/etc/passwd", external=0o120777 << 16), 1),
    "two members of one name, the last counts": (
        archive([member("0", b"first"), member("0", b"second"), meta(["twice.txt", "0"])]),
        1,
    ),
    "one member for 25 names": (archive([member("0", b"shared"), meta(*[[f"s{n}.txt", "0"] for n in range(25)])]), 25),
    "entries that overlap": (
        (
            lambda one: archive(
                [one, (b"", lambda at: member("1", b"same", method=0, offset=0)[1](0)), meta(["o1", "0"], ["o2", "1"])]
            )
        )(member("0", b"same", method=0)),
        2,
    ),
    "bytes in front": (archive([member("0", b"x"), meta(["front.txt", "0"])], before=b"")[:], 1),
    "a name that looks like a blob": (batch(name="ab" + "0" * 38, data=b"y"), 1),
    "_meta as a file's name": (batch(name="_meta", data=b"z"), 1),
    "deletions of anything": (archive([meta(["..", None], ["/etc", ""], ["a\0b", None])]), 3),
    "nothing to do": (archive([meta()]), 0),
}


@pytest.fixture(scope="module")
def wire(server):
    wire = server.login()
    wire.upload(base_collection())
    send(wire, archive([member("0", b"kept"), meta(["kept.txt", "0"])]))
    return wire


def send(wire, data):
    answer = wire.call("uploadChanges", data, service="msync")
    assert answer.status == 200, answer
    return answer.json()["data"]


def assert_refused(server, wire, data):
    before = server.holds()
    server.new_refusals()
    assert wire.call("uploadChanges", data, service="msync").status == 400
    assert len(server.new_refusals()) == 1
    assert server.holds() == before
    assert list(server.user_folder().glob("collection.media/tmp/*")) == []


@pytest.mark.parametrize("what", REFUSED)
def test_an_archive_that_no_client_makes_is_refused(server, wire, what):
    assert_refused(server, wire, REFUSED[what])


@pytest.mark.parametrize("what", NAMES_REFUSED)
def test_a_name_that_is_no_file_name_is_refused(server, wire, what):
    assert_refused(server, wire, batch(name=NAMES_REFUSED[what]))


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_only_odd_stays_inside_the_store(server, wire, what):
    data, processed = TAKEN[what]
    assert send(wire, data)[0] == processed
    store = server.user_folder() / "collection.media"
    for path in store.rglob("*"):
        assert not path.is_symlink() and path.parent.parent in (store, store.parent), path


def test_bombs_cost_no_memory(server, wire):
    """110 MiB in one member, 50 MiB in _meta and 270 MiB in three were refused above."""
    assert server.memory_bytes("VmHWM") < 200 * MIB
