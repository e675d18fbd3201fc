# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much memory media may take: what the configuration allows for bodies, and little more.

Measured as the most that the process ever had (VmHWM), above what it had when it was idle.
"""
import concurrent.futures
import os
import re
import struct
import zipfile
from pathlib import Path

import pytest

from support.media import MediaWire, downloaded, make_zip
from support.servers import OurServer

pytestmark = pytest.mark.ours
MIB = 1 << 20
BODIES = 16 * MIB  # limits.memory_bytes
THREADS = 4  # each with buffers of its own, and an allocator's arena
MORE = 24 * MIB
TRANSFERS = 32
# What transfers at the same time cost beside their bodies, whatever they carry. zstd says so itself:
# ZSTD_estimateCStreamSize(1) is 1.31 MiB, for each answer on its way; ZSTD_estimateDStreamSize(2 MiB), the window of what
# these clients send, is 2.47 MiB, for each upload that a thread works on. The rest is pieces and buffers.
ANSWER, WORKER, FIXED = 3 * MIB // 2, 3 * MIB, 8 * MIB


@pytest.fixture
def server(tmp_path):
    server = OurServer(tmp_path, {"u": "p"}, ANKISYNCD_LIMITS_MEMORY_BYTES=str(BODIES), ANKISYNCD_THREADS_WORK=str(THREADS),
                       ANKISYNCD_LIMITS_REQUESTS_PER_USER=str(2 * TRANSFERS))
    yield server.start()
    server.stop()


@pytest.fixture
def media(server):
    media = MediaWire(server.url)
    media.login("u", "p")
    media.upload({"warm": b"up"})
    media.download(["warm"])
    return media


class Growth:
    """Of the server's memory, at most, since this was made."""

    def __init__(self, server):
        self._folder = Path(f"/proc/{server._process.pid}")
        (self._folder / "clear_refs").write_text("5")
        self._before = self._peak()

    def _peak(self):
        return int(re.search(r"VmHWM:\s+(\d+) kB", (self._folder / "status").read_text())[1]) * 1024

    def bytes(self):
        return self._peak() - self._before


def one_file(name, content, method=zipfile.ZIP_STORED):
    return make_zip({"0": content, "_meta": f'[["{name}","0"]]'}, method)


def test_a_file_of_a_hundred_megabytes_each_way(server, media):
    film = os.urandom(100 * MIB)
    growth = Growth(server)
    assert media.data("uploadChanges", one_file("film", film))[0] == 1
    assert growth.bytes() < BODIES + MORE
    assert media.download(["film"])["film"] == film
    assert growth.bytes() < BODIES + MORE


def test_archives_that_grow_to_gigabytes(server, media):
    growth = Growth(server)
    names = ",".join(f'["f{n}","{n}"]' for n in range(25))
    many = make_zip({**{str(n): bytes(12_345) for n in range(25)}, "_meta": f"[{names}]"}, zipfile.ZIP_DEFLATED)
    many = many.replace(struct.pack("<I", 12_345), struct.pack("<I", 100 * MIB))
    assert media.ask("uploadChanges", many).status == 400  # 2.5 GB announced: more than a batch may hold
    names = ",".join(f'["f{n}","0"]' for n in range(25))
    same = make_zip({"0": bytes(100 * MIB), "_meta": f"[{names}]"}, zipfile.ZIP_DEFLATED)
    assert media.data("uploadChanges", same) == [25, 26]
    assert growth.bytes() < BODIES + MORE


def test_thirty_two_transfers_at_once(server, media):
    """More data than the bodies of all requests may have of memory: 128 MB in, 256 MB out."""
    files = [os.urandom(8 * MIB) for _ in range(TRANSFERS // 2)]
    for n, content in enumerate(files):
        media.data("uploadChanges", one_file(f"old{n}", content))
    growth = Growth(server)

    def transfer(n):
        if n % 2:
            answer = media.ask("uploadChanges", one_file(f"new{n}", files[n // 2]))
            return answer.status
        answer = media.ask("downloadFiles", {"files": [f"old{n // 2}"]})
        return answer.status if downloaded(answer.body)[f"old{n // 2}"] == files[n // 2] else "another content"

    with concurrent.futures.ThreadPoolExecutor(TRANSFERS) as people:
        statuses = list(people.map(transfer, range(TRANSFERS)))
    assert statuses == [200] * TRANSFERS
    assert growth.bytes() < BODIES + TRANSFERS // 2 * ANSWER + THREADS * WORKER + FIXED  # 60 MiB; they move 384
