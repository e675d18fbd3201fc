# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each proxy's file in deploy/proxies, run as it stands but for addresses and paths, before both services."""
import hashlib
import os

import pytest

from proxies import BASE_PATH, FILES, SHIPPED, Proxy, Service
from support.device import Device
from support.media import downloaded, upload_zip
from support.servers import OurServer
from support.wire import Wire
from tools import run

CLIENT = "127.0.0.2"  # a loopback address of its own, to be told from the proxy


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services")
    run(OurServer.program.with_name("ankisyncctl"), "--data", folder / "data", "volume", "init")
    users = {f"SYNC_USER{number}": f"{name}:secret" for number, name in enumerate(FILES, 1)}
    both = [Service("collection-sync", folder, **users), Service("media-sync", folder)]
    yield both
    for service in both:
        service.stop()


@pytest.fixture(scope="module", params=SHIPPED)
def proxy(request, services, tmp_path_factory):
    proxy = Proxy(request.param, tmp_path_factory.mktemp(request.param), *(service.port for service in services))
    proxy.name = request.param
    yield proxy
    proxy.stop()


def test_real_clients_sync_through_it(proxy, tmp_path):
    """One of them by the address with a path, one by https."""
    devices = [Device(name, tmp_path) for name in ("laptop", "phone", "tablet")]
    laptop, phone, tablet = devices
    try:
        laptop.log_in(proxy.name, "secret", proxy.url)
        phone.log_in(proxy.name, "secret", proxy.url.rstrip("/") + BASE_PATH + "/")
        tablet.trust(str(proxy.certificate))
        tablet.log_in(proxy.name, "secret", f"https://127.0.0.1:{proxy.tls_port}/")
        laptop.add_notes([[["first", "erste"], ""]])
        laptop.upload()
        laptop.put_media({"a b ü.txt": "a", "long.txt": ["0123456789", 1_000_000]})
        laptop.sync_media()
        for device in (phone, tablet):
            device.download()
            device.sync_media()
            assert device.media_hashes() == laptop.media_hashes() and len(device.media_hashes()) == 2
            device.add_notes([[[device.name, "zweite"], ""]])
            assert device.sync() == "no changes" and laptop.sync() == "no changes"
        assert len(laptop.notes("")) == 3
    finally:
        for device in devices:
            device.quit()


def test_a_hundred_megabytes_go_both_ways_in_chunks(proxy):
    wire = Wire(proxy.url)
    wire.login(proxy.name, "secret")
    content = os.urandom(99_000_000)
    answer = wire.call("uploadChanges", upload_zip({"large.bin": content}), service="msync")
    assert answer.status == 200 and answer.json()["data"][0] == 1, answer
    answer = wire.call("downloadFiles", {"files": ["large.bin"]}, service="msync")
    assert answer.status == 200
    assert hashlib.sha1(downloaded(answer.body)["large.bin"]).digest() == hashlib.sha1(content).digest()


@pytest.mark.parametrize("path, status", [
    ("health", 200), ("", 200), ("sync/meta", 400), ("msync/begin", 400), ("sync/msync/begin", 400), ("sync/sync/meta", 400),
    ("anki/sync/meta", 400), ("anki/msync/begin", 400)])
def test_every_path_reaches_its_service(proxy, path, status):
    wire = Wire(proxy.url)
    verb = "POST" if status == 400 else "GET"
    assert wire.request(verb, f"/{path}", {}, b"x" if verb == "POST" else None).status == status


def test_the_server_sees_the_clients_address_and_no_other(proxy, services):
    collection = services[0]
    body = '{"u":"nobody","p":"x"}'
    run("curl", "-s", "--noproxy", "*", "--interface", CLIENT, "-H", "X-Forwarded-For: 203.0.113.7", "-F", f"data={body};filename=data", proxy.url + "sync/hostKey")
    last = [line for line in collection.log.read_text().splitlines() if "login refused" in line][-1]
    assert f"address={CLIENT}" in last, last


def test_it_speaks_tls(proxy):
    for version in ("1.2", "1.3"):
        answer = run("curl", "-sk", "--noproxy", "*", f"--tlsv{version}", "--tls-max", version, "-o", "/dev/null", "-w", "%{http_code}",
                     f"https://127.0.0.1:{proxy.tls_port}/health")
        assert answer == "200"


@pytest.mark.parametrize("path", ["", "anki/"])
def test_the_start_page_names_the_address_as_the_browser_has_it(proxy, path):
    page = run("curl", "-s", "--noproxy", "*", "-H", "Accept: text/html", proxy.url + path)
    assert f">{proxy.url}anki/</code>" in page


def test_the_start_page_says_https_where_the_browser_does(proxy):
    if proxy.name == "caddy":
        return  # as above
    url = f"https://127.0.0.1:{proxy.tls_port}/anki/"
    assert f">{url}</code>" in run("curl", "-sk", "--noproxy", "*", "-H", "Accept: text/html", url)
