# SPDX-License-Identifier: AGPL-3.0-or-later
"""ankisyncctl media verify, gc, stats and undelete, while the server runs."""
import hashlib
import json

import pytest

from support.media import MediaWire
from support.servers import OurServer

pytestmark = pytest.mark.ours


@pytest.fixture
def server(tmp_path):
    server = OurServer(tmp_path, users={"ada": "p", "grace": "p"}).start()
    yield server
    server.stop()


@pytest.fixture
def media(server):
    media = MediaWire(server.url)
    media.login("ada", "p")
    return media


@pytest.fixture
def ctl(server):
    """The JSON of a command, for ada."""

    def ctl(command, *arguments, status=0):
        output = server.control("--json", "media", command, "ada", *arguments, status=status)
        answer = json.loads(output.splitlines()[0])
        return answer[0] if command in ("stats", "verify", "gc") else answer

    return ctl


def blob(server, content):
    digest = hashlib.sha1(content).hexdigest()
    return server.media_folder("ada") / digest[:2] / digest[2:]


def test_stats_say_what_there_is(server, media, ctl):
    media.upload({"a": b"1", "b": b"22", "same": b"22"})
    media.upload({"a": b"333", "same": None})
    stats = ctl("stats")
    assert stats.pop("user") == "ada"
    assert stats == {"files": 2, "bytes": 5, "former": 2, "former_bytes": 3, "blobs": 3, "blob_bytes": 6, "orphans": 0,
                     "orphan_bytes": 0, "deleted": 1, "lost": 0, "last_usn": 5, "epoch": 0}
    assert "files" in server.control("media", "stats")


def test_verify_finds_nothing_amiss_in_sound_media(server, media, ctl):
    media.upload({"a": b"1", "b": b"2"})
    assert ctl("verify") == {"user": "ada", "files": 2, "withdrawn": 0, "reinstated": 0, "totals_corrected": False,
                             "orphans": 0, "orphan_bytes": 0, "lost": []}
    assert server.control("media", "verify") == "ada: 2 files, 2 sound\n"
    assert media.usn() == 2


def test_verify_withdraws_what_is_lost_and_takes_it_back_when_it_is_found(server, media, ctl):
    media.upload({"kept": b"kept", "missing": b"missing", "damaged": b"damaged"})
    elsewhere = server.base / "elsewhere"
    blob(server, b"missing").rename(elsewhere)
    blob(server, b"damaged").write_bytes(b"damagEd")
    assert ctl("verify", "--quick", status=1)["lost"] == ["missing"]
    found = ctl("verify", status=1)
    assert (found["withdrawn"], found["lost"]) == (1, ["damaged", "missing"])
    assert media.live() == {"kept": b"kept"}
    assert "lost, until a device that has it syncs: missing" in server.control("media", "verify", status=1)
    elsewhere.rename(blob(server, b"missing"))
    media.upload({"damaged": b"damaged"})
    assert ctl("verify")["reinstated"] == 1
    assert media.live() == {"kept": b"kept", "missing": b"missing", "damaged": b"damaged"}


def test_gc_keeps_the_undo_window_and_removes_what_is_behind_it(server, media, ctl):
    media.upload({"a": b"old", "b": b"deleted"})
    media.upload({"a": b"new", "b": None})
    assert ctl("gc", "--retention", "14d")["blobs"] == 0
    assert ctl("undelete") != []
    while not (collected := ctl("gc", "--retention", "0s"))["former"]:
        pass  # what ended in this second is kept
    assert (collected["former"], collected["blobs"], collected["bytes"]) == (2, 2, 10)
    assert ctl("undelete") == []
    assert media.live() == {"a": b"new"}


def test_gc_removes_what_no_row_ever_named(server, media, ctl):
    media.upload({"a": b"1"})
    orphan = blob(server, b"orphan")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"orphan")
    assert ctl("verify")["orphans"] == 1
    assert ctl("gc", "--retention", "14d")["orphans"] == 1
    assert not orphan.exists()
    assert media.live() == {"a": b"1"}


def test_undelete_lists_and_brings_back(server, media, ctl):
    media.upload({"photo": b"a photo", "song": b"a song", "drawing": b"first"})
    media.upload({"photo": None, "song": None, "drawing": b"second"})
    listed = {file["name"]: (file["what"], file["bytes"], file["sha1"]) for file in ctl("undelete")}
    assert listed == {"photo": ("deleted", 7, hashlib.sha1(b"a photo").hexdigest()),
                      "song": ("deleted", 6, hashlib.sha1(b"a song").hexdigest()),
                      "drawing": ("replaced", 5, hashlib.sha1(b"first").hexdigest())}
    assert "photo" in server.control("media", "undelete", "ada")
    assert ctl("undelete", "song") == {"brought_back": 1, "lost": []}
    assert media.live() == {"song": b"a song", "drawing": b"second"}
    assert ctl("undelete", "--deleted-within", "1h") == {"brought_back": 1, "lost": []}
    assert ctl("undelete", "drawing") == {"brought_back": 1, "lost": []}
    assert media.live() == {"photo": b"a photo", "song": b"a song", "drawing": b"first"}


def test_undelete_says_what_it_cannot_bring_back(server, media, ctl):
    media.upload({"a": b"1", "b": b"2"})
    media.upload({"a": None, "b": None})
    before = media.rows()
    assert "nothing was changed" in server.control("media", "undelete", "ada", "a", "unknown", status=1)
    assert media.rows() == before
    blob(server, b"1").unlink()
    assert ctl("undelete", "--deleted-within", "1d", status=1) == {"brought_back": 1, "lost": ["a"]}
    assert media.live() == {"b": b"2"}


def test_without_a_name_all_accounts_are_looked_after(server, media):
    media.upload({"a": b"1"})
    other = MediaWire(server.url)
    other.login("grace", "p")
    other.upload({"b": b"2", "c": b"3"})
    reports = json.loads(server.control("--json", "media", "verify"))
    assert {report["user"]: report["files"] for report in reports} == {"ada": 1, "grace": 2}


def test_whoever_asks_for_the_wrong_thing_is_told(server, media):
    assert "grace has no media yet" in server.control("media", "stats", "grace", status=1)
    assert "nobody" in server.control("media", "verify", "nobody", status=1)
    server.control("media", "gc", "ada", "--retention", "soon", status=2)
    server.control("media", "gc", "ada", status=2)  # how long undo lasts is the servers' to say, never a guess
    server.control("media", "undelete", status=2)
