# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logging in, as the person at the client sees it."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.device import ClientError
from support.servers import USERS
from support.world import sync

WRONG = "Email or password was incorrect; please try again."


@pytest.mark.parametrize("user", USERS)
def test_the_right_password_lets_a_device_sync(world, user):
    world.user = user
    device = world.device("laptop")
    assert device.hkey
    assert device.sync() == "no changes"


@pytest.mark.parametrize("user, password", [
    ("ada", "hopper"), ("ada", ""), ("ada", "lovelace "), ("Ada", "lovelace"), ("nobody", "lovelace"), ("", "")])
def test_a_wrong_password_and_an_unknown_user_look_the_same(world, user, password):
    with pytest.raises(ClientError) as refusal:
        world.device("laptop").login(user, password, world.server.url)
    assert (refusal.value.kind, str(refusal.value)) == ("AUTH", WRONG)


def test_logging_in_on_a_second_device_leaves_the_first_logged_in(world):
    laptop = world.device("laptop")
    phone = world.device("phone")
    assert laptop.sync() == phone.sync() == "no changes"


def test_a_key_that_the_server_never_gave_is_refused(world):
    laptop = world.device("laptop")
    laptop.use_key("0123456789abcdef0123456789abcdef01234567", world.server.url)
    with pytest.raises(ClientError) as refusal:
        laptop.sync()
    assert (refusal.value.kind, str(refusal.value)) == ("AUTH", WRONG)


def test_a_device_stays_logged_in_when_the_server_restarts(world):
    laptop = world.device("laptop")
    world.server.stop()
    world.server.start()
    assert laptop.sync() == "no changes"


@pytest.mark.ours
@pytest.mark.parametrize("path", ["sync", "sync/"])
def test_an_address_with_the_services_path_behind_it_works_too(world, path):
    laptop, phone = world.device("laptop"), world.device("phone")
    for device in (laptop, phone):
        device.log_in(world.user, USERS[world.user], world.server.url + path)
    laptop.add_notes([[["one", ""], ""]])
    laptop.add_media("a.txt", "a")
    laptop.upload()
    phone.download()
    sync(phone, laptop)
    if path == "sync/":  # without the slash a client asks the address above for media
        laptop.sync_media()
        phone.sync_media()
        assert phone.media() == {"a.txt": "a"}


@pytest.fixture
def elsewhere(world):
    """The address of another server, which answers every request with the way to ours; what was asked of it."""
    class Redirect(BaseHTTPRequestHandler):
        asked = []

        def do_POST(self):
            self.asked.append(self.path)
            self.send_response(308)
            self.send_header("Location", world.server.url)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirect)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", Redirect.asked
    server.shutdown()
    server.server_close()


def test_a_device_that_is_sent_here_by_another_server_syncs_at_once(world, elsewhere, agree):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    url, asked = elsewhere
    laptop.go_through(url)
    laptop.add_notes([[["one", ""], ""]])
    sync(laptop)
    assert asked == ["/sync/meta"]
    sync(phone)
    assert len(phone.notes("")) == 2
    laptop.go_through(world.server.url)
    agree()
