# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator sees of syncs: a log line each, and numbers that are what the clients did."""
import json
import re
import signal
import subprocess

import pytest

from support.device import ClientError
from support.servers import USERS
from support.world import sync

pytestmark = pytest.mark.ours

SUCCESS, FAILED = "✅ SYNC SUCCESS", "❌ SYNC FAILED"


@pytest.fixture
def events(world):
    """The events of the log from now on, as (event, fields)."""
    world.server.restart(ANKISYNCD_LOG_FORMAT="json", ANKISYNCD_LOG_LEVEL="info")
    seen = len(world.server.log().splitlines())

    def read():
        lines = [json.loads(line) for line in world.server.log().splitlines()[seen:]]
        return [line for line in lines if line["event"] not in ("serving", "stopping", "stopped")]

    return read


def total(metrics, name, **labels):
    """The sum over all series of this name with these labels."""
    return sum(value for series, value in metrics.items()
               if re.fullmatch(rf"{name}(\{{.*\}})?", series)
               and all(f'{label}="{word}"' in series for label, word in labels.items()))


def test_every_attempt_to_sync_leaves_one_line(world, events):
    laptop, phone = world.device("laptop"), world.device("phone")
    laptop.add_notes([[["one", "eins"], "tag"], [["two", "zwei"], ""]])
    laptop.upload()
    phone.download()
    phone.add_notes([[["three", "drei"], ""]])
    sync(phone, laptop)
    with pytest.raises(ClientError):
        phone.login("ada", "wrong password", world.server.url)
    found = [(line["event"], line.get("kind"), line.get("outcome")) for line in events()
             if line["event"] != "snapshot"]  # which comes when it is made
    assert found == [
        ("login", None, None), ("login", None, None), (SUCCESS, "upload", "ok"), (SUCCESS, "download", "ok"),
        (SUCCESS, "normal", "ok"), (SUCCESS, "normal", "ok"), ("login refused", None, None)]
    upload, download, sent, received = [line for line in events() if line["event"] == SUCCESS]
    for line in (upload, download, sent, received):
        assert line["user"] == "ada" and line["client"].endswith(",linux") and line["seconds"] >= 0
        assert line["request"] > 0 and line["method"]
    assert upload["received_bytes"] > 10_000 and upload["sent_bytes"] == 0
    assert download["sent_bytes"] == upload["received_bytes"]
    assert sent["received"] >= 2 and received["sent"] >= 2  # a note and its card


def test_a_media_sync_leaves_one_line_with_what_it_moved(world, events):
    laptop, phone = world.device("laptop"), world.device("phone")
    laptop.put_media({"one.txt": "1", "two.txt": "22"})
    laptop.sync_media()
    phone.sync_media()
    found = [line for line in events() if line.get("kind") == "media"]
    moved = [(line["received"], line["received_bytes"], line["sent"], line["sent_bytes"]) for line in found]
    assert moved == [(2, 3, 0, 0), (0, 0, 2, 3)]
    for line in found:
        assert line["event"] == SUCCESS and line["user"] == "ada" and line["client"].endswith(",linux") and line["seconds"] >= 0


def test_a_sync_that_a_stopping_server_cuts_leaves_a_line(world, events):
    laptop, _ = world.devices_in_sync("laptop", "phone")
    from support.gate import Gate
    gate = Gate(world.server.port)
    laptop.go_through(gate.url)
    laptop.add_notes([[["lost", ""], ""]])
    gate.stop_at(4, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    world.server.stop()
    gate.close()
    with pytest.raises(ClientError):
        laptop.end()
    cut = [line for line in events() if line["event"] == FAILED]
    assert [(line["kind"], line["reason"]) for line in cut] == [("normal", "the server stopped")]
    world.server.start()
    laptop.go_through(world.server.url)
    sync(laptop)


def test_numbers_are_what_the_clients_did(world):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    before = world.server.metrics()
    phone.add_notes([[[f"note {number}", ""], "tag"] for number in range(5)], deck="New")
    phone.answer(phone.cards("tag:tag")[:2], 3)
    sync(phone, laptop)
    with pytest.raises(ClientError):
        phone.login("ada", "wrong password", world.server.url)
    with pytest.raises(ClientError):
        phone.login("nobody", "wrong password", world.server.url)
    after = world.server.metrics()

    def moved(name, **labels):
        return total(after, name, **labels) - total(before, name, **labels)

    for direction in ("received", "sent"):
        for kind, count in {"note": 5, "card": 5, "revlog": 2, "tag": 1, "grave": 0}.items():
            assert moved("ankisync_sync_objects_total", direction=direction, type=kind) == count, (direction, kind)
    assert moved("ankisync_sync_sessions_started_total") == moved("ankisync_sync_sessions_completed_total") == 2
    assert moved("ankisync_sync_sessions_completed_total", kind="normal", outcome="ok") == 2
    assert moved("ankisync_sync_session_duration_seconds_count", kind="normal") == 2
    assert moved("ankisync_clients_seen_total", client="desktop", protocol="11") == 2
    assert moved("ankisync_auth_attempts_total", result="wrong_password") == 1
    assert moved("ankisync_auth_attempts_total", result="unknown_user") == 1
    assert moved("ankisync_auth_hash_duration_seconds_count") == 2
    assert moved("ankisync_http_requests_total", method="sync/finish", code="200") == 2
    assert moved("ankisync_http_requests_total", method="sync/hostKey", code="403") == 2
    assert moved("ankisync_http_requests_refused_total", reason="wrong_credentials") == 2
    assert moved("ankisync_http_request_size_bytes_sum", method="sync/applyChunk") > 0
    assert moved("ankisync_http_answer_body_bytes_total", method="sync/chunk") > 0
    assert moved("ankisync_pool_wait_seconds_count", pool="work") > 0
    assert moved("ankisync_log_lines_total", level="warning") == world.server.log().count(" warning login refused")
    assert total(after, "ankisync_sync_sessions_active") == 0
    assert total(after, "ankisync_collections_open") == 1
    assert total(after, "ankisync_sqlite_wal_bytes") > 0
    assert total(after, "ankisync_storage_free_bytes") > 0
    assert total(after, "ankisync_http_requests_in_flight") == 0
    assert not [series for series in after if 'ada' in series], "no series of a user, unless it is asked for"


def test_series_of_users_are_asked_for_and_bounded(world):
    world.server.restart(ANKISYNCD_METRICS_PER_USER="true", ANKISYNCD_METRICS_USERS="1")
    laptop, phone = world.devices_in_sync("laptop", "phone")
    other = world.device("other's")
    other.log_in("grace", USERS["grace"], world.server.url)
    other.upload()
    named = {series for series in world.server.metrics() if "user=" in series}
    assert named and all('user="ada"' in series or 'user=""' in series for series in named)
    world.devices.remove(other)
    other.quit()


def test_a_program_asks_its_own_server_for_its_health(world):
    def healthcheck(*arguments):
        command = [world.server.program, "healthcheck", *arguments, "--ops-port", str(world.server.ops_port())]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=world.server.environment())
        return done.returncode, done.stdout

    status, text = healthcheck()
    assert status == 0 and json.loads(text)["ready"] is True
    assert [check["check"] for check in json.loads(text)["checks"]] == ["volume", "writable", "free_space", "started", "draining"]
    status, text = healthcheck("livez")
    assert status == 0 and json.loads(text)["live"] is True
    (world.server.base / "volume.json").rename(world.server.base / "volume.lost")
    status, text = healthcheck()
    assert status == 1 and json.loads(text)["ready"] is False
    assert healthcheck("livez")[0] == 0, "a restart would not help"
    (world.server.base / "volume.lost").rename(world.server.base / "volume.json")
    world.server.stop()
    assert healthcheck()[0] == 1
    world.server.start()


def test_debug_lines_come_and_go_by_signal(world):
    world.server.restart(ANKISYNCD_LOG_LEVEL="info")
    laptop, = world.devices_in_sync("laptop")
    world.server.signal(signal.SIGUSR1)
    world.server.wait_for_line("debug lines on")
    sync(laptop)
    assert re.search(r"debug +request user=ada method=meta status=200", world.server.log())
    world.server.signal(signal.SIGUSR1)
    world.server.wait_for_line("debug lines off")
    lines = world.server.log().count("debug   request")
    sync(laptop)
    assert world.server.log().count("debug   request") == lines
