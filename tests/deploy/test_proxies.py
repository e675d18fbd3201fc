# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each proxy's file in deploy/proxies, run as it stands but for addresses and paths, before both services."""
import hashlib
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.device import Device
from support.media import downloaded, upload_zip
from support.servers import OurServer, free_port
from support.wire import Wire
from tools import CACHE, ROOT, program, run

PROXIES = ROOT / "deploy/proxies"
BASE_PATH = "/anki"
CLIENT = "127.0.0.2"  # a loopback address of its own, to be told from the proxy


class Service:
    """One of the two services, on a volume that both share."""

    def __init__(self, name, folder, **environment):
        self.name, self.port = name, free_port()
        self.log = folder / f"{name}.log"
        with open(self.log, "w") as log:
            self._process = subprocess.Popen(
                [OurServer.program.with_name(name)], stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "ANKISYNCD_DATA": str(folder / "data"), "ANKISYNCD_HOST": "127.0.0.1",
                     "ANKISYNCD_PORT": str(self.port), "ANKISYNCD_OPS_PORT": "0", "ANKISYNCD_PROXY_TRUSTED": "127.0.0.1",
                     "ANKISYNCD_BASE_PATH": BASE_PATH, **environment})

    def stop(self):
        self._process.terminate()
        assert self._process.wait(timeout=60) == 0


class Proxy:
    def __init__(self, name, folder, collection_port, media_port):
        self.port, self.tls_port, self._folder = free_port(), free_port(), folder
        text = re.sub(r"(?<=127\.0\.0\.1:)27701", str(collection_port), (PROXIES / FILES[name]).read_text())
        text = re.sub(r"(?<=127\.0\.0\.1:)27702", str(media_port), text)
        self.url = f"http://127.0.0.1:{self.port}/"
        self._log = open(folder / f"{name}.log", "w")
        self._process = subprocess.Popen(getattr(self, f"_{name}")(text), cwd=folder, stdout=self._log, stderr=self._log,
                                         env={"PATH": os.environ["PATH"], "HOME": str(folder)})
        deadline = time.monotonic() + 30
        while not self._answers():
            log = (folder / f"{name}.log").read_text()
            assert self._process.poll() is None and time.monotonic() < deadline, f"{name} did not start:\n{log}"
            time.sleep(0.1)

    def _answers(self):
        try:
            return urllib.request.urlopen(self.url + "health", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=60)
        self._log.close()

    def _certificate(self):
        key, certificate = self._folder / "privkey.pem", self._folder / "fullchain.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=anki.example.org", "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE", "-days", "2", "-keyout", key, "-out", certificate)
        (self._folder / "anki.pem").write_text(key.read_text() + certificate.read_text())
        self.certificate = certificate

    def _nginx(self, text):
        self._certificate()
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};").replace("listen 443 ssl;", f"listen 127.0.0.1:{self.tls_port} ssl;")
        text = text.replace("/etc/ssl/anki", str(self._folder))
        (self._folder / "nginx.conf").write_text(
            "daemon off; pid nginx.pid; error_log stderr; events {}\nhttp { access_log off; client_body_temp_path body; proxy_temp_path proxy;"
            f" fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n{text}}}\n")
        return [program("nginx"), "-e", "stderr", "-p", self._folder, "-c", "nginx.conf"]

    def _caddy(self, text):
        self._certificate()  # by itself it makes one for a public name, and for localhost in tests/deploy/containers
        (self._folder / "Caddyfile").write_text(
            "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text.replace("anki.example.org {", "(anki) {") + f"http://:{self.port} {{\n\timport anki\n}}\n"
            f"https://127.0.0.1:{self.tls_port} {{\n\ttls fullchain.pem privkey.pem\n\timport anki\n}}\n")
        return [program("caddy"), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]

    def _haproxy(self, text):
        self._certificate()
        text = text.replace("bind :80", f"bind 127.0.0.1:{self.port}").replace("bind :443", f"bind 127.0.0.1:{self.tls_port}")
        (self._folder / "haproxy.cfg").write_text(text.replace("/etc/haproxy/anki.pem", str(self._folder / "anki.pem")))
        return [program("haproxy"), "-db", "-f", "haproxy.cfg"]

    def _apache(self, text):
        self._certificate()
        apache = program("apache2")
        text = text.replace("*:80", f"127.0.0.1:{self.port}").replace("*:443", f"127.0.0.1:{self.tls_port}").replace("/etc/ssl/anki", str(self._folder))
        modules = next(root for root in (Path("/usr/lib/apache2/modules"), CACHE / "debian/usr/lib/apache2/modules") if root.exists())
        loaded = ["mpm_event", "authz_core", "macro", "socache_shmcb", "proxy", "proxy_http", "headers", "ssl", "reqtimeout", "env"]
        (self._folder / "apache.conf").write_text("\n".join([
            f"ServerRoot {self._folder}", "PidFile apache.pid", "ErrorLog /dev/stderr", f"Listen 127.0.0.1:{self.port}",
            f"Listen 127.0.0.1:{self.tls_port}", "ServerName localhost", "User nobody", "Group nogroup", f"DefaultRuntimeDir {self._folder}",
            *(f"LoadModule {module}_module {modules}/mod_{module}.so" for module in loaded if (modules / f"mod_{module}.so").exists()), text]))
        return [apache, "-D", "FOREGROUND", "-f", self._folder / "apache.conf"]


FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile", "haproxy": "haproxy.cfg", "apache": "apache.conf"}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services")
    run(OurServer.program.with_name("ankisyncctl"), "--data", folder / "data", "volume", "init")
    users = {f"SYNC_USER{number}": f"{name}:secret" for number, name in enumerate(FILES, 1)}
    both = [Service("collection-sync", folder, **users), Service("media-sync", folder)]
    yield both
    for service in both:
        service.stop()


@pytest.fixture(scope="module", params=FILES)
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
