# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dashboards and rules, asked of a Prometheus that watches a real server while real clients use it."""
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
import yaml

from support.device import ClientError, Device
from support.servers import OurServer, free_port
from support.wire import Wire
from tools import ROOT, program, run

BOARDS = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "deploy/grafana").glob("*.json"))}
RULES = sorted((ROOT / "deploy/prometheus").glob("*.rules.yml"))
PANELS = [(name, panel) for name, board in BOARDS.items() for panel in board["panels"] if panel["type"] != "row"]
QUERIES = [(name, panel["title"], target["expr"]) for name, panel in PANELS for target in panel["targets"]]
ELSEWHERE = re.compile(r"\b(kube|kubelet|container|probe)_")  # of other exporters
# Ours that this server may not expose: a panel that needs one of them may be empty as long as it does not.
ABOUT_THE_MACHINE = {"AnkiSyncDiskFillingUp", "AnkiSyncDiskFull", "AnkiSyncClockSkew"}  # which others use too
NOT_ALWAYS = {"ankisync_backup_last_success_timestamp_seconds", "ankisync_restore_verify_last_success_timestamp_seconds",
           "ankisync_media_sanity_failures_total", "ankisync_storage_free_bytes", "ankisync_sqlite_wal_bytes",
           "ankisync_time_seconds", "ankisync_users", "ankisync_user_syncs_total",
           "ankisync_user_last_success_timestamp_seconds"}


def missing(expression, exposed):
    """The series of ours that it asks for and no server has."""
    names = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"(?<![:\w])ankisync_\w+", expression)}
    return names - exposed


def in_grafana(expression):
    return expression.replace("$__rate_interval", "10s").replace("$job", ".*").replace("$instance", ".*").replace("$namespace", ".*")


class Prometheus:
    def __init__(self, folder, ops_port):
        self.port = free_port()
        (folder / "prometheus.yml").write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(file) for file in RULES],
            "scrape_configs": [{"job_name": "ankisyncd", "static_configs": [{"targets": [f"127.0.0.1:{ops_port}"]}]}]}))
        self._log = open(folder / "prometheus.log", "w")
        self._process = subprocess.Popen(
            [program("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self._log, stderr=self._log)

    def ask(self, path, **parameters):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=20) as answer:
            return json.load(answer)["data"]

    def samples(self, expression):
        return self.ask("query", query=expression)["result"]

    def wait_for(self, expression, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.samples(expression):
                    return
            except OSError:
                pass
            time.sleep(0.2)
        pytest.fail(f"Prometheus never had {expression}")

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A Prometheus that has seen people log in, fail to, sync and move media."""
    folder = tmp_path_factory.mktemp("watched")
    ops_port = free_port()
    program("prometheus")
    server = OurServer(folder, ANKISYNCD_OPS_PORT=str(ops_port), ANKISYNCD_METRICS_PER_USER="true").start()
    prometheus = Prometheus(folder, ops_port)
    laptop, phone = Device("laptop", folder), Device("phone", folder)
    try:
        prometheus.wait_for('up == 1')
        with pytest.raises(ClientError):
            laptop.log_in("ada", "wrong", server.url)
        for device in (laptop, phone):
            device.log_in("ada", "lovelace", server.url)
        wire = Wire(server.url)
        wire.login("ada", "lovelace")
        wire.call("upload", b"no collection")  # a sync that fails
        laptop.add_notes([[["first", "erste"], ""]])
        laptop.upload()
        phone.download()
        began = time.monotonic()
        for number in range(1000):
            laptop.add_notes([[[f"word {number}", "Wort"], ""]])
            laptop.put_media({f"{number}.txt": f"{number}"})
            laptop.sync()
            laptop.sync_media()
            phone.sync()
            phone.sync_media()
            if time.monotonic() - began > 8:
                break
        prometheus.wait_for("job:ankisync_errors:ratio_rate5m")
        prometheus.metrics = urllib.request.urlopen(f"http://127.0.0.1:{ops_port}/metrics", timeout=20).read().decode()
        prometheus.exposed = set(re.findall(r"(?m)^# TYPE (\S+)", prometheus.metrics))
        yield prometheus
    finally:
        laptop.quit()
        phone.quit()
        prometheus.stop()
        server.stop()


def test_metrics_follow_the_conventions(watched):
    run(program("promtool"), "check", "metrics", input=watched.metrics)


@pytest.mark.parametrize("board, title, expression", QUERIES, ids=[f"{board}: {title}" for board, title, _ in QUERIES])
def test_a_panel_has_data(watched, board, title, expression):
    absent = missing(expression, watched.exposed)
    assert absent <= NOT_ALWAYS
    assert watched.samples(in_grafana(expression)) or absent or ELSEWHERE.search(expression)


def test_every_rule_is_evaluated_and_recordings_have_data(watched):
    for group in watched.ask("rules")["groups"]:
        for rule in group["rules"]:
            assert rule["health"] == "ok", rule
            absent = missing(rule["query"], watched.exposed)
            assert absent <= NOT_ALWAYS
            if rule["type"] == "recording":
                assert watched.samples(rule["name"]) or absent, rule["name"]
            elif rule["name"] not in ABOUT_THE_MACHINE:
                assert rule["state"] == "inactive", f"{rule['name']} speaks of a server that is well"


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_keeps_the_rules(name):
    board = BOARDS[name]
    text = json.dumps(board)
    assert board["uid"] == f"ankisync-{name}" and board["editable"] is False and board["tags"] == ["ankisync"]
    assert set(re.findall(r'"uid": "([^"]*)"', text)) == {board["uid"], "${datasource}"}, "a data source of somebody's own"
    variables = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    assert variables["datasource"] == "datasource" and ({"job", "instance"} <= set(variables) or name == "kubernetes")
    assert [link["type"] for link in board["links"]] == ["dashboards", "link"]
    for panel in board["panels"]:
        if panel["type"] == "row":
            continue
        assert panel["description"] and panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert "vector(0)" not in json.dumps(panel), "hides that data is missing"
        for link in panel["links"] if "links" in panel else []:
            assert (ROOT / "docs/runbooks" / link["url"].rpartition("/")[2]).exists()


def test_dashboards_are_what_their_source_makes():
    python = run(ROOT / "dev.d/dashboards-python").strip()
    run(python, ROOT / "dev.d/dashboards", "--check")
