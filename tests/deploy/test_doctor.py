# SPDX-License-Identifier: AGPL-3.0-or-later
"""ankisyncctl doctor --url: what deploy/proxies has passes, and each mistake that people make is called by its name."""
import json
import subprocess

import pytest

from proxies import BASE_PATH, SHIPPED, Proxy, Service
from support.servers import OurServer, free_port
from tools import run

CTL = OurServer.program.with_name("ankisyncctl")


class Services:
    """collection-sync and media-sync on one volume, with an account."""

    def __init__(self, folder, **environment):
        run(CTL, "--data", folder / "data", "volume", "init")
        self._all = [Service("collection-sync", folder, SYNC_USER1="ada:secret", **environment), Service("media-sync", folder, **environment)]
        self.ports = [service.port for service in self._all]

    def stop(self):
        for service in self._all:
            service.stop()


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("services"))
    yield services
    services.stop()


@pytest.fixture
def proxy(services, tmp_path):
    """Starts one of them, changed."""
    started = []

    def start(name, change=lambda text: text, ports=None, **certificate):
        started.append(Proxy(name, tmp_path, *(ports or services.ports), change, **certificate))
        return started[0]

    yield start
    for each in started:
        each.stop()


def examine(url, *words, largest="2MiB", **options):
    """Its exit status, and {check: finding} without those that are well."""
    ended = subprocess.run([CTL, "doctor", "--json", "--url", url, "--largest", largest, *map(str, words)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    assert ended.returncode in (0, 1), ended.stderr
    answer = json.loads(ended.stdout)
    assert (answer["worst"] == "error") == (ended.returncode == 1)
    return ended.returncode, {finding["check"]: finding for finding in answer["findings"] if finding["severity"] != "ok"}


def replaced(*pairs):
    """A change that must change something."""
    def change(text):
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        return text
    return change


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("path", ["", BASE_PATH[1:] + "/"])
def test_what_we_ship_passes(proxy, name, path):
    assert examine(proxy(name).url + path, largest="104MiB") == (0, {})


@pytest.mark.parametrize("name", SHIPPED)
def test_what_we_ship_passes_with_tls(proxy, name):
    shipped = proxy(name)
    assert examine(shipped.tls_url, "--authority", shipped.certificate) == (0, {})


def test_one_service_without_a_proxy_lacks_the_other(services):
    status, found = examine(f"http://127.0.0.1:{services.ports[0]}/")
    # Media are served elsewhere; and this machine is a proxy to the server, which believes it.
    assert {check: finding["severity"] for check, finding in found.items()} == {
        "msync": "error", "doubled_path": "warning", "client_address": "note"}
    assert status == 1


def test_it_logs_in_and_begins_to_sync(proxy):
    url = proxy("nginx").url
    status, found = examine(url, "--user", "ada", "--password-stdin", input="secret\n")
    assert (status, set(found)) == (0, {"login"})
    assert found["login"]["severity"] == "note" and "device revoke" in found["login"]["text"]
    status, found = examine(url, "--user", "ada", "--password-stdin", input="wrong\n")
    assert (status, found["login"]["text"]) == (1, "Name or password are wrong.")


NGINX_ROOT = "proxy_pass http://anki_collections;"
NGINX_ADDRESS = "proxy_set_header X-Forwarded-For $remote_addr;"
# What is wrong: the proxy, what is done to its file, what is found, how bad that is, a part of the advice.
MISTAKES = {
    "a bound of nginx by itself": ("nginx", [("client_max_body_size 0;", "")], "body_size", "error", "client_max_body_size 0;"),
    "a bound of Caddy": ("caddy", [("\thandle {", "\trequest_body {\n\t\tmax_size 1MB\n\t}\n\thandle {")], "body_size", "error", "max_size"),
    "a path that is changed": ("nginx", [(NGINX_ROOT, "rewrite ^/sync/(.*)$ /$1 break; " + NGINX_ROOT)], "path", "error", "nothing behind the port"),
    "a path that is cut by Caddy": ("caddy", [("\thandle {", "\thandle_path /sync/* {")], "path", "error", "not in handle_path"),
    "no way to media-sync": ("nginx", [("location ~ /msync/", "location ~ /elsewhere/")], "msync", "error", "location ~ /msync/"),
    "no way to media-sync, HAProxy": ("haproxy", [("use_backend anki_media", "#")], "msync", "error", "path_sub /msync/"),
    "media-sync at a port of nobody": ("haproxy", [("127.0.0.1:27702", "127.0.0.1:1")], "msync", "error", "27702"),
    "a request header that is dropped": ("nginx", [(NGINX_ADDRESS, NGINX_ADDRESS + ' proxy_set_header anki-sync "";')],
                                         "request_header", "error", "proxy_set_header anki-sync"),
    "a request header that HAProxy drops": ("haproxy", [("    default_backend", "    http-request del-header anki-sync\n    default_backend")],
                                            "request_header", "error", "del-header anki-sync"),
    "an answer's header that is dropped": ("nginx", [(NGINX_ADDRESS, NGINX_ADDRESS + " proxy_hide_header anki-original-size;")],
                                           "answer_header", "error", "proxy_hide_header"),
    "an answer's header that Apache drops": ("apache", [("    Timeout 300", "    Header unset anki-original-size\n    Timeout 300")],
                                             "answer_header", "error", "Header unset"),
    "short heads": ("nginx", [("client_max_body_size 0;", "client_max_body_size 0; client_header_buffer_size 1k; large_client_header_buffers 2 2k;")],
                    "header_size", "error", "large_client_header_buffers"),
    "HTTP/1.0 to the server": ("nginx", [("proxy_http_version 1.1;", ""), ("proxy_request_buffering off;", "")],
                               "streaming", "warning", "proxy_http_version 1.1;"),
    "no chunks": ("nginx", [("location / {", "if ($http_transfer_encoding) { return 411; } location / {")], "chunks", "error", "411"),
    "no chunks by HAProxy": ("haproxy", [("    default_backend", "    http-request return status 411 if { req.hdr(transfer-encoding) -m found }\n    default_backend")],
                             "chunks", "error", "411"),
    "to https by a redirect": ("nginx", [("location / {", "return 301 https://$host$request_uri; location / {")], "redirect", "error", "https://"),
    "a client's address that is lost": ("nginx", [(NGINX_ADDRESS, 'proxy_set_header X-Forwarded-For "";')], "client_address", "warning", NGINX_ADDRESS),
    "a client's address that is the client's word": ("nginx", [(NGINX_ADDRESS, "")], "client_address", "error", NGINX_ADDRESS),
    "another website": ("nginx", [(NGINX_ROOT, 'return 200 "<html>Welcome to my photos</html>";')], "website", "error", "address"),
    "a website without such a page": ("nginx", [(NGINX_ROOT, "return 404;")], "website", "error", "address"),
    "a password of the proxy's": ("nginx", [(NGINX_ROOT, "return 401;")], "password", "error", "password"),
    "/msync/ at the beginning alone": ("nginx", [("location ~ /msync/", "location /msync/")], "doubled_path", "warning", "location ~ /msync/"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_called_by_its_name(proxy, mistake):
    name, changes, check, severity, advice = MISTAKES[mistake]
    status, found = examine(proxy(name, replaced(*changes)).url)
    assert (check, status) == (check, int(severity == "error")), found
    assert found[check]["severity"] == severity and found[check]["client"], found
    assert advice in found[check]["remedy"], found
    assert {other for other in found if other != check} <= {"doubled_path", "missing_slash"}, found


@pytest.mark.parametrize("certificate, says", [
    ({"until": "20200102000000Z"}, "expired on 2020-01-02"), ({"names": "DNS:other.example.org"}, "is for other.example.org, not for 127.0.0.1"),
    ({"names": "email:a@example.org"}, "names no host"), ({}, "signed by itself")])
def test_a_certificate_is_told_what_is_wrong_with_it(proxy, certificate, says):
    status, found = examine(proxy("nginx", **certificate).tls_url)
    assert (status, set(found)) == (1, {"certificate"})
    assert says in found["certificate"]["text"]


@pytest.mark.parametrize("name, change, advice", [
    ("nginx", ("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.3;"), "ssl_protocols TLSv1.2 TLSv1.3;"),
    ("haproxy", ("ssl-min-ver TLSv1.2", "ssl-min-ver TLSv1.3"), "ssl-min-ver TLSv1.2"),
    ("apache", ("-all +TLSv1.2 +TLSv1.3", "-all +TLSv1.3"), "+TLSv1.2")])
def test_who_speaks_tls_1_3_alone_is_told_of_iphones(proxy, name, change, advice):
    modern = proxy(name, replaced(change))
    status, found = examine(modern.tls_url, "--authority", modern.certificate)
    assert (status, set(found)) == (1, {"tls"})
    assert "-9836" in found["tls"]["client"] and advice in found["tls"]["remedy"]


def test_a_proxy_that_the_server_does_not_believe_is_named_for_its_configuration(proxy, tmp_path):
    doubting = Services(tmp_path, ANKISYNCD_PROXY_TRUSTED="192.0.2.1")
    try:
        status, found = examine(proxy("nginx", ports=doubting.ports).url)
    finally:
        doubting.stop()
    assert (status, set(found)) == (0, {"client_address"})
    assert "proxy.trusted: [127.0.0.1]" in found["client_address"]["remedy"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_server_that_is_stopped_is_not_the_proxys_fault(proxy, name):
    status, found = examine(proxy(name, ports=(free_port(), free_port())).url)
    assert (status, set(found)) == (1, {"sync"})
    assert "gets no answer" in found["sync"]["text"] and "AnkiWeb encountered a problem" in found["sync"]["client"]


def test_wrong_ports_and_schemes_are_told_apart(proxy, services):
    secure = proxy("nginx")
    for url, check in [
            (f"http://127.0.0.1:{free_port()}/", "connection"), (f"http://127.0.0.1:{secure.tls_port}/", "scheme"),
            (f"https://127.0.0.1:{secure.port}/", "scheme"), ("http://no-such-host.invalid/", "host")]:
        status, found = examine(url)
        assert (status, list(found)) == (1, [check]), (url, found)
        assert found[check]["client"] and found[check]["remedy"]


def test_a_path_that_nobody_serves_is_told_with_the_key_that_serves_it(proxy):
    status, found = examine(proxy("nginx").url + "cards/")
    assert (status, set(found)) == (1, {"path"})
    assert "base_path: /cards" in found["path"]["remedy"] and "Or type into Anki" in found["path"]["remedy"]
