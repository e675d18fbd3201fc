# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several cells (docs/cells.md): wherever a person's client asks, it gets to the cell that has its data."""
import json
import time

import pytest

from support import foreign_layouts
from support.cells import Cells, bucket_of
from support.device import NEWEST, ClientError, Device
from support.servers import Replica
from support.wire import Wire
from support.world import sync

PASSWORD = "geheim"
OF_ANOTHER_SERVER = "6f1ed002ab5595859014ebf0951522d9"


@pytest.fixture
def cells(tmp_path):
    cells = Cells(tmp_path / "cells").start()
    yield cells
    cells.stop()


@pytest.fixture
def device(tmp_path):
    """device(name, version): a new one, not logged in."""
    devices = []

    def device(name, version=NEWEST):
        devices.append(Device(name, tmp_path, version))
        return devices[-1]

    yield device
    for each in devices:
        each.quit()


def add_notes(device, *fronts):
    device.add_notes([[[front, ""], ""] for front in fronts])


@pytest.mark.parametrize("client", [NEWEST, "2.1.66"])
def test_a_client_logs_in_anywhere_and_gets_home_by_itself(cells, device, client):
    cells.place_and_wait("b")
    cells.add_user("b", "ada")
    laptop, phone = device("laptop", client), device("phone")
    laptop.log_in("ada", PASSWORD, cells["a"].url)
    add_notes(laptop, "one")
    assert laptop.sync() == "upload"
    assert laptop.endpoint() == cells["b"].url
    laptop.upload()
    laptop.add_media("pic.png", "1")
    laptop.sync_media()
    phone.log_in("ada", PASSWORD, cells["c"].url)
    assert phone.sync() == "download"
    phone.download()
    assert phone.endpoint() == cells["b"].url
    add_notes(phone, "two")
    sync(phone, laptop)
    assert len(laptop.notes("")) == 2
    phone.sync_media()
    assert not cells["a"].collection("ada").exists()


def test_an_address_that_a_device_remembers_keeps_leading_home(cells, device):
    cells.place_and_wait("b")
    cells.add_user("b", "ada")
    laptop = device("laptop")
    laptop.log_in("ada", PASSWORD, cells["a"].url)
    add_notes(laptop, "first")
    assert laptop.sync() == "upload"
    laptop.upload()
    for cell in "cab":
        laptop.go_through(cells[cell].url)
        add_notes(laptop, f"by {cell}")
        sync(laptop)
        assert laptop.endpoint() == cells["b"].url


def test_a_client_that_knows_no_redirect_is_told_the_address(cells, device):
    cells.place_and_wait("b")
    cells.add_user("b", "ada")
    laptop = device("laptop", "2.1.50")
    laptop.log_in("ada", PASSWORD, cells["a"].url)
    add_notes(laptop, "first")
    with pytest.raises(ClientError) as told:
        laptop.sync()
    assert f"Please enter {cells['b'].url}" in str(told.value)
    laptop.go_through(cells["b"].url)
    assert laptop.sync() == "upload"
    laptop.upload()


def test_only_meta_leads_on_and_everything_else_is_to_be_tried_again(cells):
    cells.place_and_wait("b")
    cells.add_user("b", "ada")
    at_a = Wire(cells["a"].url)
    at_a.login("ada", PASSWORD)
    answer = at_a.call("meta", {"v": 11, "cv": "test"})
    assert (answer.status, answer.headers["location"]) == (308, cells["b"].url)
    for method in ("start", "applyChanges", "finish", "abort", "download"):
        assert at_a.call(method, {}).status == 503, method
    for method in ("begin", "mediaChanges", "uploadChanges", "downloadFiles", "mediaSanity"):
        assert at_a.call(method, {}, service="msync").status == 503, method
    refused = at_a.call("upload", b"a collection")
    assert refused.status == 200 and cells["b"].url in refused.body.decode()


def test_a_wrong_password_is_wrong_at_every_cell(cells):
    cells.place_and_wait("b")
    cells.add_user("b", "ada")
    for cell in cells:
        assert Wire(cell.url).call("hostKey", {"u": "ada", "p": "wrong"}).status == 403


def test_cells_that_do_not_agree_send_nobody_in_circles_and_log_nobody_out(cells, tmp_path):
    """a says that everybody lives in b, and b says in a: a file that was copied to one of them alone."""
    cells.place_and_wait("b")
    theirs = tmp_path / "of-b.yaml"
    theirs.write_text(json.dumps(json.loads(cells.file.read_text()) | {"buckets": {"a": ["0-1023"]}}))
    cells["b"].restart(ANKISYNCD_CELLS_MAP=str(theirs))
    at_a, at_b = Wire(cells["a"].url), Wire(cells["b"].url)
    for wire in (at_a, at_b):
        assert wire.call("hostKey", {"u": "ada", "p": PASSWORD}).status == 503
    lines = (cells["a"].log() + cells["b"].log()).splitlines()
    stopped = [line for line in lines if "the files of two cells differ" in line and "login failed" in line]
    assert len(stopped) == 2  # each was asked once by the other, and asked nobody
    cells.add_user("b", "ada")
    at_b.login("ada", PASSWORD)  # where the account is, whatever files say
    assert at_b.call("meta", {"v": 11, "cv": "test"}).status == 200
    assert at_a.call("meta", {"v": 11, "cv": "test"}, key=at_b.key).status == 308


def test_an_account_that_is_not_yet_where_the_file_has_it_stays_logged_in(cells, device):
    cells.add_user("a", "ada")
    laptop = device("laptop")
    laptop.log_in("ada", PASSWORD, cells["a"].url)
    add_notes(laptop, "first")
    assert laptop.sync() == "upload"
    laptop.upload()
    cells.place_and_wait("b")
    laptop.go_through(cells["b"].url)
    with pytest.raises(ClientError) as told:
        laptop.sync()
    assert told.value.kind != "AUTH"
    laptop.go_through(cells["a"].url)
    sync(laptop)


def test_a_cell_that_is_down_logs_nobody_out(cells):
    cells.place_and_wait("b")
    cells["b"].stop()
    assert Wire(cells["a"].url).call("hostKey", {"u": "ada", "p": PASSWORD}).status == 503


def test_a_key_of_another_server_works_at_its_home_follows_a_move_and_is_unknown_elsewhere(cells, tmp_path):
    python = tmp_path / "python server"
    foreign_layouts.accounts(python, {"ada": PASSWORD}, "username")
    foreign_layouts.sessions(python, {"ada": (OF_ANOTHER_SERVER, "/srv/elsewhere/ada")}, "username")
    cells["a"].control("import", "ankisyncd", python)
    at_a, at_b = Wire(cells["a"].url), Wire(cells["b"].url)
    at_a.key = at_b.key = OF_ANOTHER_SERVER
    assert (meta(at_a).status, meta(at_b).status) == (200, 403)
    cells["a"].control("cell", "move", "ada", "b", "--to-data", cells["b"].base, "--cells", cells.file)
    eventually(lambda: meta(at_a).headers.get("location") == cells["b"].url)
    eventually(lambda: meta(at_b).status == 200 and meta(at_b).json()["cont"])


def test_a_media_sync_of_its_own_reads_the_file_again_too_and_goes_on_with_the_last_good_one(cells):
    media = Replica(cells["a"], "media-sync")
    media.adapt(ANKISYNCD_CELLS_MAP=str(cells.file), ANKISYNCD_CELLS_SELF="a")
    media.start()
    cells.place_and_wait("b")
    media.wait_for_line("cells read again")
    cells.file.write_text("cells: {}")
    for server in (media, *cells):
        server.wait_for_line("cells not read again, as before")
    key = f"{bucket_of('ada')}.77.{'0' * 64}"
    assert meta(Wire(cells["a"].url), key).headers["location"] == cells["b"].url
    assert Wire(media.url).call("begin", {"v": "x"}, service="msync", key=key).status == 503
    media.stop()


def meta(wire, key=None):
    return wire.call("meta", {"v": 11, "cv": "test"}, key=key)


def eventually(is_so, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
