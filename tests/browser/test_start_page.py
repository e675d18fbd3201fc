# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page at the server's address, in Chromium: seen, heard, typed at, and without scripts.

Screenshots of every run are in build/screenshots, to be looked at.
"""
import http.server
import io
import os
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright

from support.device import ROOT
from support.servers import OurServer, free_port

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
SCREENSHOTS = ROOT / "build/screenshots"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = OurServer(tmp_path_factory.mktemp("server")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium")
    if not program:
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens an address; what the page asked for and complained of is in .asked and .complaints."""
    contexts = []

    def visit(url, size="desktop", **options):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.answer = page.goto(url)
        return page

    yield visit
    for context in contexts:
        context.close()


def wait_for_services(page):
    expect(page.locator(".well, .ill")).to_have_count(2)  # polling by a function is what the page's policy forbids


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_asks_nobody_else_and_is_accessible(server, visit, size, scheme):
    page = visit(server.url, size, color_scheme=scheme)
    wait_for_services(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"start-{size}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(url.startswith(server.url) for url in page.asked)
    # Chromium tells every status but 200; that the services refuse a stranger is what the page wants to know.
    assert [text for text in page.complaints if "status of 400" not in text] == []
    page.evaluate("document.body.style.backgroundImage = 'none'")  # through which axe sees no colours
    said = Axe().run(page).response
    found = said["violations"] + [rule for rule in said["incomplete"] if rule["id"] != "color-contrast"]  # the numbers have a round ground
    assert found == [], [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]
    assert "color-contrast" in [rule["id"] for rule in said["passes"]]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_address_and_code_are_those_by_which_the_browser_came(server, visit, host):
    url = f"http://{host}:{server.port}/"
    page = visit(url, device_scale_factor=2)
    assert page.locator("#address").inner_text() == url
    code = Image.open(io.BytesIO(page.locator(".code").screenshot()))
    assert [barcode.text for barcode in zxingcpp.read_barcodes(code)] == [url]


def test_both_services_answer(server, visit):
    page = visit(server.url)
    wait_for_services(page)
    assert page.locator("#sync").inner_text().endswith("answering") and page.locator("#sync .well").count() == 1
    assert page.locator("#msync .well").count() == 1


def test_a_service_that_is_not_there_is_told(visit, tmp_path):
    port = free_port()
    alone = subprocess.Popen([OurServer.program.with_name("collection-sync")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={
        "PATH": os.environ["PATH"], "ANKISYNCD_DATA": str(tmp_path / "data"), "ANKISYNCD_HOST": "127.0.0.1", "ANKISYNCD_PORT": str(port),
        "ANKISYNCD_OPS_PORT": "0", "ANKISYNCD_STORAGE_CREATE": "true"})
    try:
        page = visit_when_up(visit, f"http://127.0.0.1:{port}/")
        wait_for_services(page)
        assert page.locator("#sync .well").count() == 1
        assert page.locator("#msync .ill").inner_text() == "not answering"
    finally:
        alone.terminate()
        assert alone.wait(timeout=30) == 0


def visit_when_up(visit, url):
    deadline = time.monotonic() + 60
    while True:
        try:
            return visit(url)
        except PlaywrightError as error:
            assert "ERR_CONNECTION_REFUSED" in str(error) and time.monotonic() < deadline, error
            time.sleep(0.1)


class Silent(http.server.BaseHTTPRequestHandler):
    """A proxy that serves the server below /here/, and tells it nothing of that."""

    def pass_on(self):
        length = int(self.headers.get("Content-Length", 0))
        kept = {"Accept": self.headers.get("Accept", "*/*")}
        request = urllib.request.Request(self.server.aim + self.path.removeprefix("/here/"), self.rfile.read(length) if length else None, kept, method=self.command)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("path", ["", "sync/meta"])
def test_behind_a_proxy_that_says_nothing_the_address_is_the_browsers(server, visit, path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent) as proxy:
        proxy.aim = server.url
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{proxy.server_port}/here/"
        page = visit(url + path)
        assert page.locator("#address").inner_text() == url
        assert page.locator(".code").is_hidden()  # it was made of what the server knew
        wait_for_services(page)
        assert page.locator(".well").count() == 2
        page.close()
        proxy.shutdown()


def test_by_keyboard_the_first_stop_copies_the_address(server, visit):
    page = visit(server.url, permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "copy"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == server.url


def test_without_scripts_everything_is_said_that_can_be(server, visit):
    page = visit(server.url, java_script_enabled=False)
    assert page.locator("#address").inner_text() == server.url
    assert page.locator(".code svg").is_visible()
    for words in ("Self-hosted sync server", "Custom sync server", "Custom server"):
        assert page.get_by_text(words).first.is_visible()
    for absent in ("#copy", "#sync", "#msync"):
        assert page.locator(absent).is_hidden()


@pytest.mark.parametrize("path", ["sync/", "sync/meta", "msync/begin", "sync/nothing"])
def test_a_path_that_is_for_anki_shows_the_same_help(server, visit, path):
    page = visit(server.url + path)
    assert page.answer.status == 404
    assert page.get_by_text("this path is for Anki itself").is_visible()
    assert page.locator("#address").inner_text() == server.url
    wait_for_services(page)
    assert page.locator(".well").count() == 2
