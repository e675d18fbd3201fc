# SPDX-License-Identifier: AGPL-3.0-or-later
"""Media over HTTP, by scenarios with numbers: t1 to t5 of the reference's own tests (t6 to t10 take real clients: e2e
media), 1 to 28 of our list. Those that need no look at our disk run on the official server too."""
import base64
import concurrent.futures
import errno
import gzip
import hashlib
import io
import json
import random
import re
import shutil
import socket
import time
import zipfile

import pytest

from support.media import MediaWire, form, make_zip, streamed_zip, upload_zip
from support.servers import KINDS, OurServer
from support.wire import frame

USERS = [f"u{number}" for number in range(120)]  # an account for each test
# The official server hashes every password at its start. This is "p", hashed lightly.
LIGHT_HASH = "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2E$" + base64.b64encode(
    hashlib.pbkdf2_hmac("sha256", b"p", base64.b64decode("c2FsdHNhbHRzYWx0c2E="), 1000)).decode().rstrip("=")
METHODS = {"begin": {"v": "x"}, "mediaChanges": {"lastUsn": 0}, "uploadChanges": upload_zip({}),
           "downloadFiles": {"files": []}, "mediaSanity": {"local": 0}}
MIB = 1 << 20


@pytest.fixture(scope="module")
def server(target, tmp_path_factory):
    password, settings = ("p", {}) if target == "ours" else (LIGHT_HASH, {"PASSWORDS_HASHED": "1"})
    server = KINDS[target](tmp_path_factory.mktemp(target), dict.fromkeys(USERS, password), **settings).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def users():
    return iter(USERS)


@pytest.fixture
def user(users):
    return next(users)


@pytest.fixture
def media(server, user):
    """A device of an account without media."""
    return log_in(server, user)


def log_in(server, user):
    media = MediaWire(server.url)
    media.login(user, "p")
    return media


def header(media, **changed):
    parts = {"v": 11, "k": media.key, "c": "test,1,linux", "s": "a"} | changed
    return {"anki-sync": json.dumps({name: value for name, value in parts.items() if value is not None})}


def blob(server, user, content):
    digest = hashlib.sha1(content).hexdigest()
    return server.media_folder(user) / digest[:2] / digest[2:]


# -- the reference's own


def test_t1_begin_by_get(media):
    assert media.request("GET", f"/msync/begin?k={media.key}&v=2.1.56", {}, b"").status == 200


def test_t2_begin_by_a_form_without_data(media):
    assert media.post("/msync/begin", *form({"c": "0", "v": "client", "k": media.key})).status == 200


def test_t3_media_changes_by_a_form_with_the_session_key(media):
    fields = {"c": "0", "v": "client", "sk": media.key, "data": '{"lastUsn": 0}'}
    assert media.post("/msync/mediaChanges", *form(fields)).status == 200


def test_t4_t5_the_sanity_check_compares_the_number_of_files(media):
    media.upload({"a": b"1", "b": b"2", "c": b"3"})
    assert media.sanity(3) == "OK"
    assert media.sanity(4) == "mediaSanity"


# -- framing


def test_1_a_body_in_many_tiny_chunks(media):
    body = frame(upload_zip({"a": bytes(range(256)) * 8}))
    connection = socket.create_connection((media._host, media._port))
    head = [f"POST /msync/uploadChanges HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n"
            f"anki-sync: {header(media)['anki-sync']}\r\n\r\n".encode()]
    connection.sendall(b"".join(head + [b"1\r\n%c\r\n" % byte for byte in body] + [b"0\r\n\r\n"]))
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert media.live() == {"a": bytes(range(256)) * 8}


@pytest.mark.parametrize("method", METHODS)
def test_2_every_answer_says_its_length(media, method):
    answer = media.ask(method, METHODS[method])
    assert answer.status == 200
    assert int(answer.headers["anki-original-size"]) == len(answer.body) > 0
    assert "content-encoding" not in answer.headers


def test_3_old_clients_get_plain_answers(media):
    media.upload({"a": b"1"})
    data = {"begin": "{}", "mediaChanges": '{"lastUsn":0}', "uploadChanges": upload_zip({"b": b"2"}),
            "downloadFiles": '{"files":["a"]}', "mediaSanity": '{"local":2}'}
    for method, payload in data.items():
        answer = media.post(f"/msync/{method}", *form({"c": "0", "v": "client", "k": media.key, "data": payload}))
        assert (answer.status, "anki-original-size" in answer.headers) == (200, False), (method, answer)
        assert answer.body.startswith(b"PK" if method == "downloadFiles" else b"{"), (method, answer)
    answer = media.request("GET", f"/msync/begin?k={media.key}&v=2.1.56", header(media), b"")
    assert answer.json()["data"] == {"usn": 2, "sk": media.key}


def test_4_the_fields_of_a_form_come_in_any_order_and_some_not_at_all(media):
    asked = '{"lastUsn": 0}'
    packed = gzip.compress(asked.encode())
    for fields in [{"data": asked, "sk": media.key}, {"data": asked.encode(), "k": media.key, "s": "x"},
                   {"c": "1", "data": packed, "sk": media.key}, {"data": packed, "c": "1", "k": media.key, "x": "y"},
                   {"sk": media.key, "data": asked, "c": "0"}]:
        answer = media.post("/msync/mediaChanges", *form(fields))
        assert (answer.status, answer.json()["data"]) == (200, []), fields
    answer = media.post("/msync/begin", *form({"data": "", "v": "x", "k": media.key}))
    assert answer.status == 200


def test_5_a_header_or_a_key_that_is_wrong(media, target):
    for broken in [{"anki-sync": "hello"}, header(media, v=7), header(media, k=None)]:
        assert media.post("/msync/begin", broken, frame(b'{"v":"x"}')).status == 400, broken
    newer = media.post("/msync/begin", header(media, v=12), frame(b'{"v":"x"}'))
    assert newer.status == (501 if target == "ours" else 400)
    for method, content in METHODS.items():
        assert media.ask(method, content, key="0" * 40).status == 403, method
    assert media.request("GET", "/msync/begin?k=unknown&v=x", {}, b"").status == 403


@pytest.mark.ours
def test_5_an_unknown_key_is_refused_before_the_body_comes(media):
    connection = socket.create_connection((media._host, media._port), timeout=60)
    connection.sendall(f"POST /msync/uploadChanges HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n"
                       f"anki-sync: {header(media, k='unknown')['anki-sync']}\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 403")
    connection.close()


def test_6_unknown_methods_wrong_verbs_and_slashes(media, target):
    assert media.post("/msync/nope", header(media), frame(b"{}")).status == 400
    assert media.post("/msync/mediachanges", header(media), frame(b"{}")).status == 400
    assert media.request("GET", "/msync/mediaChanges", header(media), b"").status == 405
    assert media.request("PUT", "/msync/begin", header(media), b"").status == 405
    tolerant = media.post("/msync/begin/", header(media), frame(b'{"v":"x"}'))
    assert tolerant.status == (200 if target == "ours" else 404)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "downloadFiles"])
def test_7_the_envelope_has_both_members(media, method):
    assert set(media.ask(method, METHODS[method]).json()) == {"data", "err"}
    assert media.ask(method, METHODS[method]).json()["err"] == ""


# -- changes


def test_8_pages_of_a_thousand(media):
    for first in range(0, 2500, 25):
        media.upload({f"f{n}": b"x" for n in range(first, first + 25)})
    sizes, position = [], 0
    while page := media.changes(position):
        assert [usn for _, usn, _ in page] == list(range(position + 1, position + len(page) + 1))
        sizes.append(len(page))
        position = page[-1][1]
    assert sizes == [1000, 1000, 500]


def test_9_changes_between_two_pages_are_not_missed(media):
    for first in range(0, 1100, 25):
        media.upload({f"f{n}": b"x" for n in range(first, first + 25)})
    rows = media.changes()
    media.upload({"f5": b"replaced", "f1050": b"replaced too", "f6": None})
    while page := media.changes(rows[-1][1]):
        rows += page
    last = {name: sha1 for name, _, sha1 in rows}
    assert len(last) == 1100
    assert last["f5"] == hashlib.sha1(b"replaced").hexdigest()
    assert last["f1050"] == hashlib.sha1(b"replaced too").hexdigest()
    assert last["f6"] == ""


def test_10_every_name_is_listed_once(media):
    media.upload({"a": b"1", "b": b"2"})
    media.upload({"a": None, "b": None})
    media.upload({"b": b"3"})
    assert media.rows() == [["a", 3, ""], ["b", 5, hashlib.sha1(b"3").hexdigest()]]


def test_11_a_position_beyond_ours(media, target):
    media.upload({"a": b"1"})
    assert media.changes(99, skey="ahead") == []
    # The official server says OK, and the device misses what comes up to its position.
    assert media.sanity(1, skey="ahead") == ("mediaSanity" if target == "ours" else "OK")
    assert media.sanity(1, skey="later") == "OK"
    assert media.changes(-5) == media.changes(0)


def test_12_hashes_are_small_hexadecimal_letters(media):
    media.upload({str(n): str(n).encode() for n in range(20)})
    assert [sha1 for _, _, sha1 in media.rows()] == [hashlib.sha1(str(n).encode()).hexdigest() for n in range(20)]


# -- uploads


def test_13_no_ops_count_as_done_and_take_no_usn(media):
    media.upload({"same": b"1", "old": b"2"})
    changes = [("new", b"3"), ("same", b"1"), ("old", b"4"), ("same", None), ("same", None), ("unknown", None)]
    assert media.upload(changes) == [6, 5]
    assert media.live() == {"new": b"3", "old": b"4"}


def test_14_zips_of_every_making(media):
    media.upload({"gone": b"1"})
    assert media.data("uploadChanges", upload_zip({"gone": None}, deletion="")) == [1, 2]
    meta = json.dumps([["first", "0"]])
    assert media.data("uploadChanges", make_zip({"_meta": meta, "0": b"_meta first"})) == [1, 3]
    assert media.data("uploadChanges", upload_zip({"packed": b"deflated" * 99}, zipfile.ZIP_DEFLATED)) == [1, 4]
    stream = streamed_zip({"0": b"sizes behind it" * 99, "_meta": json.dumps([["stream", "0"]])})
    assert media.data("uploadChanges", stream) == [1, 5]
    spare = make_zip({"0": b"used", "1": b"ignored", "_meta": json.dumps([["used", "0"]])})
    assert media.data("uploadChanges", spare) == [1, 6]
    assert media.live() == {"first": b"_meta first", "packed": b"deflated" * 99, "stream": b"sizes behind it" * 99,
                            "used": b"used"}


def good_entries(count):
    return {f"good{n}": b"good" for n in range(count)}


def with_wrong_crc():
    data = upload_zip({**good_entries(2), "bad": b"bytes to be changed"})
    return data.replace(b"bytes to be changed", b"bytes that changed!")


def large(size):
    return make_zip({"0": b"good", "1": bytes(size), "_meta": json.dumps([["good", "0"], ["large", "1"]])},
                    zipfile.ZIP_DEFLATED)


BAD = {
    "26 entries": lambda: upload_zip(good_entries(26)),
    "a list of more than 50 KiB": lambda: make_zip({"0": b"x", "_meta": " " * 51_195 + '[["good","0"]]'}),
    "a member that is missing": lambda: make_zip({"0": b"x", "_meta": json.dumps([["good", "0"], ["bad", "1"]])}),
    "an empty file": lambda: upload_zip({**good_entries(3), "empty": b""}),
    "a byte more than 100 MiB": lambda: large(100 * MIB + 1),
    "a wrong checksum": with_wrong_crc,
    "no zip": lambda: b"no zip at all",
    "nothing": lambda: b"",
    "no list of names": lambda: make_zip({"0": b"x"}),
    "a list that is no JSON": lambda: make_zip({"0": b"x", "_meta": "hello"}),
    "a path": lambda: upload_zip({**good_entries(2), "../x": b"x"}),
    "a name of 256 bytes": lambda: upload_zip({**good_entries(2), "x" * 256: b"x"}),
    "a decomposed name": lambda: upload_zip({**good_entries(2), "e\u0301": b"x"}),
}


@pytest.mark.parametrize("what", BAD)
def test_15_16_a_refused_upload_changes_nothing(media, server, user, target, what):
    media.upload({"a": b"1", "b": b"2"})
    before = media.rows()
    assert media.ask("uploadChanges", BAD[what]()).status == 400
    assert media.rows() == before
    assert media.usn() == 2
    assert media.live() == {"a": b"1", "b": b"2"}
    if target == "ours":
        folder = server.media_folder(user)
        assert len(list(folder.glob("??/*"))) == 2
        assert list(folder.glob("tmp/*")) == []


def test_15_a_file_of_100_mib_is_taken(media):
    assert media.data("uploadChanges", large(100 * MIB)) == [2, 2]
    assert media.live()["large"] == bytes(100 * MIB)


NAMES = {"a" * 255: True, "é" * 60: True, "🎉.png": True, "CON": True, "what?.jpg": True, "trail.": True, ".hidden": True,
         "_meta": True, "a" * 256: False, "../x": False, "a/b": False, "e\u0301.jpg": False}
UNSAFE = ["a\\b", "..", ".", "", "nul\0.jpg", "bell\a.jpg"]  # the official server stores some and fails on others


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:20] for name in NAMES])
def test_17_names(media, name):
    answer = media.ask("uploadChanges", upload_zip({name: b"content"}))
    assert answer.status == (200 if NAMES[name] else 400)
    assert media.live() == ({name: b"content"} if NAMES[name] else {})


@pytest.mark.ours
def test_17_names_that_cannot_be_stored_safely_are_refused_and_their_deletion_is_not(media):
    for name in [*UNSAFE, "a" * 256, "../x", "e\u0301.jpg"]:
        assert media.ask("uploadChanges", upload_zip({name: b"content"})).status == 400, name
        assert media.upload({name: None}) == [1, 0], name
    assert media.rows() == []


def test_17_names_that_differ_by_case_are_two_files(media):
    media.upload({"A.jpg": b"upper", "a.jpg": b"lower"})
    assert media.download(["a.jpg", "A.jpg"]) == {"a.jpg": b"lower", "A.jpg": b"upper"}


def test_18_one_name_twice_in_a_batch(media):
    assert media.upload([("a", b"1"), ("a", None)]) == [2, 2]
    assert media.rows() == [["a", 2, ""]]


def test_19_uploads_at_the_same_time(server, users):
    ada, grace = next(users), next(users)
    devices = [log_in(server, user) for user in (ada, ada, ada, grace)]

    def upload(number):
        for n in range(12):
            devices[number].upload({f"{number}.{n}.a": b"a", f"{number}.{n}.b": b"b"})

    with concurrent.futures.ThreadPoolExecutor() as people:
        list(people.map(upload, range(4)))
    assert [usn for _, usn, _ in devices[0].rows()] == list(range(1, 73))
    assert [usn for _, usn, _ in devices[3].rows()] == list(range(1, 25))
    assert len(devices[0].live()) == 72


# -- downloads


def test_20_how_much_goes_into_one_zip(media):
    media.upload({f"f{n}": f"content {n}".encode() for n in range(25)})
    media.upload({"f25": b"one more"})
    names = [f"f{n}" for n in random.Random(1).sample(range(25), 25)]
    assert list(media.download(names).items()) == [(name, f"content {name[1:]}".encode()) for name in names]
    assert media.ask("downloadFiles", {"files": [*names, "f25"]}).status == 400
    media.upload({f"two{n}": bytes([n]) * 2 * MIB for n in range(3)})
    assert list(media.download(["two0", "two1", "two2"])) == ["two0", "two1"]
    media.data("uploadChanges", make_zip({"0": bytes(50 * MIB), "_meta": '[["fifty","0"]]'}, zipfile.ZIP_DEFLATED))
    assert media.download(["fifty", "f0"]) == {"fifty": bytes(50 * MIB)}


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("what", ["unknown", "deleted"])
def test_21_a_name_that_is_not_live_is_a_conflict_wherever_it_stands(media, place, what):
    media.upload({"a": b"1", "b": b"2", "deleted": b"3"})
    media.upload({"deleted": None})
    names = ["a", "b"]
    names.insert(place, what)
    assert media.ask("downloadFiles", {"files": names}).status == 409
    assert media.download(["a", "b"]) == {"a": b"1", "b": b"2"}


@pytest.mark.ours
def test_22_a_file_whose_content_is_lost_is_no_deletion(media, server, user):
    media.upload({"kept": b"1", "lost": b"2"})
    blob(server, user, b"2").unlink()
    assert media.ask("downloadFiles", {"files": ["kept", "lost"]}).status == 409
    assert [name for name, _, _ in media.rows()] == ["kept"]
    assert media.sanity(2) == "mediaSanity"  # whoever has it notices, compares all, and sends it again
    assert media.sanity(1) == "OK"
    assert media.upload({"lost": b"2"})[0] == 1
    assert media.live() == {"kept": b"1", "lost": b"2"}


def test_23_the_layout_of_a_download(media):
    media.upload({"a.jpg": b"first", "ü.mp3": b"second"})
    answer = media.ask("downloadFiles", {"files": ["ü.mp3", "a.jpg"]})
    members = list_members(answer.body)
    assert [(name, method) for name, method, _ in members] == [("0", 0), ("1", 0), ("_meta", 0)]
    assert json.loads(members[2][2]) == {"0": "ü.mp3", "1": "a.jpg"}
    assert members[0][2] == b"second"
    assert list_members(media.ask("downloadFiles", {"files": []}).body) == [("_meta", 0, b"{}")]


def list_members(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return [(info.filename, info.compress_type, archive.read(info)) for info in archive.infolist()]


@pytest.mark.ours
def test_24_a_large_file_begins_to_arrive_long_before_a_client_gives_up(media):
    media.data("uploadChanges", large(100 * MIB))
    connection = socket.create_connection((media._host, media._port), timeout=60)
    body = frame(b'{"files":["large"]}')
    begin = time.monotonic()
    connection.sendall(f"POST /msync/downloadFiles HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
                       f"anki-sync: {header(media)['anki-sync']}\r\n\r\n".encode() + body)
    assert connection.recv(12) == b"HTTP/1.1 200"
    assert time.monotonic() - begin < 20  # after 30 s without a byte; usually it is a fraction of one
    connection.close()


# -- durability, on our disk


class FaultyServer(OurServer):
    """Ours, with a media upload that goes wrong at a step: services/ankisyncd/testing/with_faults.cpp."""

    def command(self):
        return [self.program.parents[1] / "tests/ankisyncd-with-faults"]

    def start_with(self, fault):
        self._environment.pop("ANKISYNC_FAULT", None)
        if fault:
            self._environment["ANKISYNC_FAULT"] = fault
        return self.start()


# begun and written, twice; synced; published, twice; folders synced; rows written; committed
STEPS = range(1, 11)
OLD, NEW = {"a": b"old", "b": b"gone soon"}, {"a": b"new", "c": b"more"}
BATCH = {"a": b"new", "b": None, "c": b"more"}


@pytest.fixture
def faulty(tmp_path):
    server = FaultyServer(tmp_path, users={"u": "p", "other": "p"}).start_with(None)
    media = log_in(server, "u")
    media.upload(OLD)
    server.stop()
    yield server, media
    server.kill()


@pytest.mark.ours
def test_25_a_kill_at_any_step_of_an_upload_leaves_every_file_with_its_content(faulty):
    server, media = faulty
    for step in STEPS:
        server.start_with(f"{step} kill")
        with pytest.raises((ConnectionError, OSError)):
            media.ask("uploadChanges", upload_zip(BATCH))
        server.kill()
        server.start_with(None)
        assert media.live() == (NEW if step == STEPS[-1] else OLD), f"step {step}"
        assert json.loads(verify(server))[0]["lost"] == []
        server.stop()
    server.start_with(None)
    assert media.upload(BATCH) == [3, 5]
    assert media.live() == NEW


@pytest.mark.ours
def test_26_a_full_disk_at_any_step_is_an_error_of_ours_that_changes_nothing_and_stops_nobody(faulty):
    server, media = faulty
    for step in STEPS[:-1]:
        server.start_with(f"{step} {errno.ENOSPC}")
        assert media.ask("uploadChanges", upload_zip(BATCH)).status == 503, f"step {step}"
        assert list(server.media_folder("u").glob("tmp/*")) == []
        assert media.live() == OLD
        other = log_in(server, "other")
        assert other.upload({str(step): b"another's"})[0] == 1
        server.stop()
    server.start_with(f"{STEPS[-1]} {errno.ENOSPC}")  # behind the commit: the client will send it again
    assert media.ask("uploadChanges", upload_zip(BATCH)).status == 503
    assert media.upload(BATCH) == [3, 5]
    assert media.live() == NEW
    server.stop()


@pytest.mark.ours
@pytest.mark.parametrize("error", ["EROFS", "EIO", "EMFILE", "EDQUOT"])
def test_26_no_trouble_with_the_disk_is_the_clients_fault(faulty, error):
    server, media = faulty
    server.start_with(f"1 {getattr(errno, error)}")
    assert media.ask("uploadChanges", upload_zip(BATCH)).status in (500, 503)
    assert media.live() == OLD
    assert media.upload(BATCH) == [3, 5]
    server.stop()


def verify(server):
    return server.control("--json", "media", "verify", "u")


@pytest.mark.ours
@pytest.mark.parametrize("damage", ["a bit", "a byte less", "empty", "another size"])
def test_27_damaged_content_is_never_served(media, server, user, damage):
    content = b"the content of the damaged file"
    media.upload({"kept": b"kept", "damaged": content})
    path = blob(server, user, content)
    path.write_bytes({"a bit": bytes([content[0] ^ 1]) + content[1:], "a byte less": content[:-1], "empty": b"",
                      "another size": content + b"!"}[damage])
    assert media.ask("downloadFiles", {"files": ["kept", "damaged"]}).status == 409
    assert media.live() == {"kept": b"kept"}
    media.upload({"damaged": content})
    assert media.live() == {"kept": b"kept", "damaged": content}


@pytest.mark.ours
def test_27_an_identical_upload_mends_damaged_content(media, server, user):
    media.upload({"a": b"the content"})
    blob(server, user, b"the content").write_bytes(b"the cOntent")
    assert media.upload({"a": b"the content"}) == [1, 1]
    assert media.live() == {"a": b"the content"}


@pytest.mark.ours
def test_28_devices_that_are_ahead_of_a_restored_backup_are_led_to_compare(tmp_path):
    server = OurServer(tmp_path, users={"u": "p"}).start()
    media = log_in(server, "u")
    media.upload({"old": b"1"})
    server.stop()
    shutil.copytree(server.base, tmp_path / "backup", symlinks=True)
    server.start()
    media.upload({"new": b"2"})
    media.upload({"new": b"3"})
    position = media.usn()
    server.stop()
    shutil.rmtree(server.base)
    (tmp_path / "backup").rename(server.base)
    server.start()
    media.upload({"other": b"4"})  # now the numbers of files agree
    assert media.changes(position, skey="ahead") == []
    assert media.sanity(2, skey="ahead") == "mediaSanity"
    assert [name for name, _, _ in media.changes()] == ["old", "other"]
    media.upload({"new": b"3"})
    assert media.live() == {"old": b"1", "other": b"4", "new": b"3"}
    server.stop()


@pytest.mark.ours
def test_an_absent_or_foreign_disk_is_not_taken_for_lost_files(tmp_path):
    server = OurServer(tmp_path, users={"u": "p"}).start()
    media = log_in(server, "u")
    media.upload({"a": b"1"})
    before = media.rows()
    away, blobs, users = tmp_path / "away", server.media_folder("u"), server.base / "collections/users"
    blobs.rename(away)
    assert media.ask("downloadFiles", {"files": ["a"]}).status == 503
    assert media.ask("uploadChanges", upload_zip({"b": b"2"})).status == 503
    blobs.mkdir()  # a mount point with nothing on it
    assert media.ask("downloadFiles", {"files": ["a"]}).status == 503
    blobs.rmdir()
    away.rename(blobs)
    users.rename(away)
    for method, content in METHODS.items():
        assert media.ask(method, content).status == 503, method
    assert not users.exists()
    away.rename(users)
    marker = server.base / "volume.json"
    ours = marker.read_text()
    marker.write_text(re.sub(r'"id":"\w+"', '"id":"another"', ours))  # another disk was mounted in its place
    for method, content in METHODS.items():
        assert media.ask(method, content).status == 503, method
    marker.write_text(ours)
    assert media.rows() == before
    assert media.live() == {"a": b"1"}
    server.stop()
