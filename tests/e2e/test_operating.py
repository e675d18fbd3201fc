# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator does to our server while people sync."""
import sqlite3
import urllib.error
import urllib.request

import pytest

from support.device import ClientError, Device
from support.world import sync

pytestmark = pytest.mark.ours


@pytest.fixture
def ctl(world):
    """ankisyncctl on the running server's data; answers its output."""
    return world.server.control


@pytest.fixture
def linus(world, ctl, tmp_path):
    """A device of an account that was added while the server ran."""
    ctl("user", "add", "linus", "--password-stdin", password="torvalds\n")
    device = Device("linus's", tmp_path)
    world.devices.append(device)
    device.log_in("linus", "torvalds", world.server.url)
    return device


def refused(device, user, password, url):
    with pytest.raises(ClientError) as refusal:
        device.login(user, password, url)
    return refusal.value.kind == "AUTH"


def test_an_account_that_is_added_can_sync_at_once(linus, ctl):
    linus.add_notes([[["one", ""], ""]])
    assert linus.sync() == "upload"
    linus.upload()
    assert linus.sync() == "no changes"
    assert "linus" in ctl("user", "list")


def test_a_new_password_is_asked_at_the_next_login_and_devices_stay_logged_in(world, linus, ctl):
    ctl("user", "passwd", "linus", "--password-stdin", password="benedict\n")
    assert linus.sync() == "no changes"
    assert refused(linus, "linus", "torvalds", world.server.url)
    linus.log_in("linus", "benedict", world.server.url)
    assert linus.sync() == "no changes"


def test_a_deleted_account_is_out_at_once(world, linus, ctl):
    ctl("user", "del", "linus", "--yes")
    with pytest.raises(ClientError) as refusal:
        linus.sync()
    assert refusal.value.kind == "AUTH"
    assert refused(linus, "linus", "torvalds", world.server.url)


def test_accounts_and_logins_outlive_the_server(world, linus):
    world.server.kill()
    world.server.start()
    assert linus.sync() == "no changes"


def test_a_reader_of_the_old_collection_keeps_it_whole_during_an_upload(world):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    path = world.server.collection(world.user)
    count = "select count(*) from notes"
    backup_tool = sqlite3.connect(path, isolation_level=None)
    backup_tool.execute("begin")
    assert backup_tool.execute(count).fetchone() == (1,)
    laptop.add_notes([[["two", ""], ""]])
    laptop.upload()
    phone.download()
    phone.add_notes([[["three", ""], ""]])
    sync(phone, laptop)
    assert backup_tool.execute(count).fetchone() == (1,)
    backup_tool.close()
    later = sqlite3.connect(path)
    assert later.execute(count).fetchone() == (3,)
    later.close()
    world.check()


def test_a_browser_is_told_what_to_type_into_anki_wherever_it_comes_by(world):
    def visit(path, **headers):
        request = urllib.request.Request(world.server.url + path, headers={"Accept": "text/html", **headers})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    status, page = visit("")
    assert status == 200 and f">{world.server.url}</code>" in page
    for stray in ("sync/", "msync/", "sync/meta", "anything"):
        status, page = visit(stray, **{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "sync.example.org"})
        assert status == 404 and ">https://sync.example.org/</code>" in page
    assert "<html" not in visit("", Accept="*/*")[1]
