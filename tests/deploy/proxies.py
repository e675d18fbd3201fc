# SPDX-License-Identifier: AGPL-3.0-or-later
"""The proxies of deploy/proxies, run as their files stand but for addresses and paths, before both services."""
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.servers import OurServer, free_port
from tools import CACHE, ROOT, program, run

PROXIES = ROOT / "deploy/proxies"
BASE_PATH = "/anki"
FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile", "haproxy": "haproxy.cfg", "apache": "apache.conf", "traefik": "traefik-anki.yml"}
SHIPPED = [name if name != "traefik" else pytest.param(name, marks=pytest.mark.long) for name in FILES]  # dev.d/traefik takes minutes
NAMES = "DNS:anki.example.org,DNS:localhost,IP:127.0.0.1"


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
    """change: what is done to the text of its file; names, until: of its certificate, which is its own authority."""

    def __init__(self, name, folder, collection_port, media_port, change=lambda text: text, names=NAMES, until="20991231000000Z"):
        self._names, self._until = names, until
        self._reads_its_file_later = name == "traefik"  # it listens before it knows what goes where
        self.certificate = folder / "fullchain.pem"
        self.port, self.tls_port, self._folder = free_port(), free_port(), folder
        text = re.sub(r"(?<=127\.0\.0\.1:)27701", str(collection_port), change((PROXIES / FILES[name]).read_text()))
        text = re.sub(r"(?<=127\.0\.0\.1:)27702", str(media_port), text)
        self.url = f"http://127.0.0.1:{self.port}/"
        self.tls_url = f"https://127.0.0.1:{self.tls_port}/"
        self._log = open(folder / f"{name}.log", "w")
        self._process = subprocess.Popen(getattr(self, f"_{name}")(text), cwd=folder, stdout=self._log, stderr=self._log,
                                         env={"PATH": os.environ["PATH"], "HOME": str(folder)})
        deadline = time.monotonic() + 30
        while not self._listens():
            log = (folder / f"{name}.log").read_text()
            assert self._process.poll() is None and time.monotonic() < deadline, f"{name} did not start:\n{log}"
            time.sleep(0.1)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return not self._reads_its_file_later or urllib.request.urlopen(self.url + "health", timeout=5).status == 200
        except urllib.error.HTTPError as error:
            return error.code != 404
        except OSError:
            return False

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=60)
        self._log.close()

    def _certificate(self):
        key, request = self._folder / "privkey.pem", self._folder / "request.pem"
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=anki.example.org", "-addext", f"subjectAltName={self._names}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", request)
        (self._folder / "index.txt").touch()
        (self._folder / "ca.cnf").write_text("[ca]\ndefault_ca = a\n[a]\nnew_certs_dir = .\ndatabase = index.txt\nrand_serial = yes\n"
                                             "default_md = sha256\npolicy = p\ncopy_extensions = copy\n[p]\ncommonName = supplied\n")
        # Unlike `req`, `ca` makes expired ones too.
        run("openssl", "ca", "-batch", "-selfsign", "-notext", "-config", "ca.cnf", "-keyfile", key, "-in", request, "-out", self.certificate,
            "-startdate", "20200101000000Z", "-enddate", self._until, cwd=self._folder)
        (self._folder / "anki.pem").write_text(key.read_text() + self.certificate.read_text())

    def _nginx(self, text):
        self._certificate()
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};").replace("listen 443 ssl;", f"listen 127.0.0.1:{self.tls_port} ssl;")
        text = text.replace("/etc/ssl/anki", str(self._folder))
        (self._folder / "nginx.conf").write_text(
            "user root; daemon off; pid nginx.pid; error_log stderr; events {}\nhttp { access_log off; client_body_temp_path body; proxy_temp_path proxy;"
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

    def _traefik(self, text):
        self._certificate()
        host = "Host(`anki.example.org`)"
        text = text.replace(host, "(Host(`127.0.0.1`) || Host(`localhost`))").replace("[websecure]", "[web, websecure]")
        (self._folder / "traefik-anki.yml").write_text(text + "tls: {certificates: [{certFile: fullchain.pem, keyFile: privkey.pem}]}\n")
        static = (PROXIES / "traefik.yml").read_text().replace('":80"', f'"127.0.0.1:{self.port}"').replace('":443"', f'"127.0.0.1:{self.tls_port}"')
        static = static.replace("{certResolver: letsencrypt}", "{}").replace("/etc/traefik/", f"{self._folder}/").replace("/var/lib/traefik/", "")
        (self._folder / "traefik.yml").write_text(static)
        return [program("traefik"), "--configFile=traefik.yml"]
