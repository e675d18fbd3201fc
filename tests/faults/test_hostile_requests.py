# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests that are no requests: bytes that are not HTTP, odd headers, bodies that do not decompress, forms."""

import gzip
import json
import socket

import pytest
import zstandard

from support.wire import base_collection, frame

MIB = 1 << 20
META = b'{"v":11,"cv":"x"}'


@pytest.fixture(scope="module")
def wire(server):
    wire = server.login()
    wire.upload(base_collection())
    wire.call("begin", {"v": "x"}, service="msync")  # makes the media index
    return wire


@pytest.fixture(autouse=True)
def nothing_changes(server, wire):
    before, spent = server.holds(), server.cpu_seconds()
    yield
    assert server.holds() == before
    assert server.cpu_seconds() - spent < 5, "a request held a core"
    assert wire.meta()["empty"]


def raw(server, data, pieces=1):
    """The status that these bytes get on a connection of their own, None for none."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        try:
            for at in range(0, len(data), -(-len(data) // pieces)):
                connection.sendall(data[at : at - (-len(data) // pieces)])
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else None


def head(*lines, start="POST /sync/meta HTTP/1.1"):
    return "\r\n".join([start, "Host: x", *lines, "", ""]).encode("latin-1")


NOT_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "binary": bytes(range(256)) * 4,
    "no version": b"GET /\r\n\r\n",
    "HTTP/3.9": head(start="GET / HTTP/3.9"),
    "blanks": b"   \r\n\r\n",
    "a megabyte without a blank": b"A" * MIB,
    "a path of 100,000 slashes": head(start="GET " + "/" * 100_000 + " HTTP/1.1"),
    "a path of 15,000 slashes": head(start="GET " + "/" * 15_000 + "sync/nope HTTP/1.1"),
    "a NUL in the path": head(start="GET /\0 HTTP/1.1"),
    "a header of a megabyte": head("x: " + "a" * MIB),
    "10,000 headers": head(*["x: y"] * 10_000),
    "a NUL in a header": head("x: a\0b"),
    "a folded header": head("x: a", " b"),
    "a header without colon": head("abc"),
    "a blank before the colon": head("x : y"),
    "bare LF": b"GET / HTTP/1.1\nHost: x\n\n",
    "two hosts": head("Host: y"),
    **{
        f"Content-Length {value}": head(f"Content-Length: {value}") + b"xxxxx"
        for value in ("-1", "+5", "5abc", "5, 5", "0x5", "", "99999999999999999999", "18446744073709551616")
    },
    "two lengths": head("Content-Length: 1", "Content-Length: 2") + b"xx",
    "length and chunks": head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "gzip as transfer encoding": head("Transfer-Encoding: gzip"),
    "chunked twice": head("Transfer-Encoding: chunked, chunked"),
}
HEADERS = {  # of a request whose body is honest
    "no JSON": "hello",
    "nothing": "",
    "an array": "[11]",
    "an open object": "{",
    "open lists": "[" * 16_000,
    "v of text": {"v": "11"},
    "v of 2^64": {"v": 2**64},
    "v of 1e400": '{"v":1e400,"k":"","c":"","s":""}',
    "v -1": {"v": -1},
    "v 7": {"v": 7},
    "v 255": {"v": 255},
    "k of a number": {"k": 5},
    "k null": {"k": None},
    "k with NUL": {"k": "\0"},
    "s of a list": {"s": []},
    "c of an object": {"c": {}},
    "a lone surrogate": '{"v":11,"k":"\\ud800","c":"","s":""}',
    "k twice": '{"v":11,"k":"a","k":"b","c":"","s":""}',
    "Latin-1": '{"v":11,"k":"\xe9","c":"","s":""}',
}


@pytest.mark.parametrize("what", NOT_HTTP)
def test_what_is_not_http_is_refused_and_closed(server, what):
    for pieces in (1, 7):
        assert raw(server, NOT_HTTP[what], pieces) in (None, 400, 404, 405, 408, 431, 501, 505), what


def test_chunks_that_are_none_are_refused(server, wire):
    start = head("Transfer-Encoding: chunked", "anki-sync: " + header_of(wire))
    for chunks in (
        b"zz\r\n",
        b"-1\r\nx\r\n",
        b"5\r\nhelloX",
        b"5;" + b"a" * 20_000,
        b"ffffffffffffffff\r\nx",
        b"10000000000000000\r\nx",
        b"1\r\nx\r",
        b" 5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\nx: " + b"y" * 20_000 + b"\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
    ):
        for pieces in (1, len(chunks)):
            assert raw(server, start + chunks, pieces if len(chunks) < 100 else 3) in (None, 400, 431), chunks[:40]


def header_of(wire, **changed):
    return json.dumps({"v": 11, "k": wire.key, "c": "test", "s": "a"} | changed)


@pytest.mark.parametrize("what", HEADERS)
def test_an_odd_header_is_refused(server, wire, what):
    value = HEADERS[what]
    value = value if isinstance(value, str) else header_of(wire, **value)
    server.new_refusals()
    status = wire.post("/sync/meta", {"anki-sync": value.encode("latin-1")}, frame(META)).status
    assert status in ((403,) if what == "k with NUL" else (200,) if what == "v 255" else (400, 431))
    assert len(server.new_refusals()) == (status in (400, 403))


def bodies():
    whole = frame(META)
    yield "no zstd", META
    yield "gzip", gzip.compress(META)
    for cut in range(len(whole)):
        yield f"cut at {cut}", whole[:cut]
    for at in range(len(whole)):
        yield f"byte {at} flipped", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    yield "a skippable frame without end", b"\x50\x2a\x4d\x18\xff\xff\xff\xff" + b"x" * 1000
    yield "a dictionary", b"\x28\xb5\x2f\xfd\x27\x11\x22\x33\x44" + b"x" * 100
    yield "a window of 2^41", b"\x28\xb5\x2f\xfd\x00\xf8" + b"x" * 100
    yield "a content size of 2^64 - 1", b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 8 + b"x" * 100


def test_a_body_that_does_not_decompress_is_refused(server, wire):
    for what, body in bodies():
        server.new_refusals()
        status = wire.post("/sync/meta", {"anki-sync": header_of(wire)}, body).status
        assert status == 400 or "flipped" in what, what
        assert status in (200, 400), what
        assert len(server.new_refusals()) == (status == 400), what


def test_zstd_bombs_are_refused_at_their_bound_and_cost_no_memory(server, wire):
    """640 MiB of blanks in some KB: ten times what JSON may be, more than a batch of media."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    block = b" " * (64 * MIB)
    bomb = b"".join(compressor.compress(block) for _ in range(10)) + compressor.flush()
    before = server.memory_bytes()
    for service, method in (
        ("sync", "meta"),
        ("sync", "applyGraves"),
        ("sync", "applyChunk"),
        ("msync", "mediaSanity"),
        ("msync", "uploadChanges"),
    ):
        if method.startswith("apply"):
            wire.start()
        assert (
            wire.post(f"/{service}/{method}", {"anki-sync": header_of(wire, s=f"a{wire.attempt}")}, bomb).status == 400
        ), method
    wire.call("abort", {})
    assert server.memory_bytes("VmHWM") - before < 300 * MIB


def form(parts, boundary="b", end=True):
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary.encode(), name.encode(), data)
        for name, data in parts
    )
    return body + (f"--{boundary}--\r\n".encode() if end else b"")


def test_forms_that_are_none_are_refused(server, wire):
    key = wire.key.encode()
    honest = [("k", key), ("c", b"1"), ("data", gzip.compress(META))]
    bomb = gzip.compress(b" " * (100 * MIB), 1)
    cases = {
        "no end": form(honest, end=False),
        "nothing": b"",
        "only an end": form([]),
        "65 parts": form([("x", b"y")] * 65 + honest),
        "a value of 2000": form([("s", b"s" * 2000), *honest]),
        "data that is not gzip": form([("k", key), ("c", b"1"), ("data", META)]),
        "half a gzip": form([("k", key), ("c", b"1"), ("data", gzip.compress(META)[:-9])]),
        "a bomb": form([("k", key), ("c", b"1"), ("data", bomb)]),
        "headers of 5000": b'--b\r\nContent-Disposition: form-data; name="' + b"a" * 5000 + b'"\r\n\r\nx\r\n--b--\r\n',
        "half a boundary for ever": b"\r\n--" * 200_000,
        "boundaries alone": b"--b\r\n" * 100_000,
    }
    for what, body in cases.items():
        server.new_refusals()
        answer = wire.post("/sync/meta", {"content-type": "multipart/form-data; boundary=b"}, body)
        assert answer.status in (400, 403), what
        assert len(server.new_refusals()) == 1, what
    for value in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "b" * 71,
        'multipart/form-data; boundary="b',
        "text/plain",
    ):
        assert wire.post("/sync/meta", {"content-type": value}, form(honest)).status == 400, value
    assert wire.post("/sync/meta", {"content-type": "multipart/form-data; boundary=b"}, form(honest)).status == 200


def test_ids_of_others_lead_nowhere(server, wire):
    """A stranger's key, a key without its owner, keys that are paths."""
    for key in (
        "x",
        "0" * 40,
        "../../etc/passwd",
        "a" * 5000,
        wire.key[:-1],
        wire.key + "0",
        wire.key.replace(".", "/"),
        wire.key.upper() + "X",
    ):
        for service, method in (("sync", "meta"), ("sync", "download"), ("msync", "begin"), ("msync", "mediaChanges")):
            assert wire.call(method, {"v": 11, "cv": "x"}, key=key, service=service).status == 403, (key[:60], method)
