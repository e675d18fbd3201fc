# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prometheus' rules: each alert fires when it should, is silent when it should, and has a page that says the same."""
import json
import re

import pytest
import yaml

from alerts import CASES, REQUESTS, series
from tools import ROOT, program, run

FILES = sorted((ROOT / "deploy/prometheus").glob("*.rules.yml"))
RULES = [rule for file in FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RUNBOOKS = ROOT / "docs/runbooks"


def test_the_rules_are_valid():
    run(program("promtool"), "check", "rules", *FILES)


def test_every_alert_fires_and_is_quiet(tmp_path):
    assert {case.alert for case in CASES} == set(ALERTS)
    tests = [{"interval": "1m", "name": f"{case.alert} {'fires' if firing else 'is quiet'}",
              "input_series": [{"series": name, "values": values} for name, values in seen.items()],
              "promql_expr_test": [{
                  "expr": f'count(ALERTS{{alertname="{case.alert}",alertstate="firing"}}) or vector(0)',
                  "eval_time": f"{case.minutes}m", "exp_samples": [{"labels": "{}", "value": int(firing)}]}]}
             for case in CASES for firing, seen in ((True, case.fires), (False, case.quiet))]
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"rule_files": [str(path) for path in FILES], "evaluation_interval": "1m", "tests": tests}))
    run(program("promtool"), "test", "rules", file)


def test_the_share_of_failures_is_recorded_for_each_window_of_a_burn_rate(tmp_path):
    # four days of ten requests a minute, in whose last hour every second one failed
    percent = {"5m": 50, "30m": 50, "1h": 50, "2h": 25, "6h": 8, "1d": 2, "3d": 1}
    assert {f"job:ankisync_errors:ratio_rate{window}" for window in percent} == {
        rule["record"] for rule in RULES if rule.get("record", "").startswith("job:ankisync_errors:")}
    seen = {'code="200"': "0+10x5700 57005+5x59", 'code="503"': "0x5700 5+5x59"}
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"rule_files": [str(ROOT / "deploy/prometheus/recording.rules.yml")], "evaluation_interval": "1h", "tests": [{
        "interval": "1m",
        "input_series": [{"series": series(REQUESTS, f'method="sync/meta",{code}'), "values": values} for code, values in seen.items()],
        "promql_expr_test": [{
            "expr": f"round(100 * job:ankisync_errors:ratio_rate{window})", "eval_time": "96h",
            "exp_samples": [{"labels": '{job="collection-sync"}', "value": share}]} for window, share in percent.items()]}]}))
    run(program("promtool"), "test", "rules", file)


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_says_what_to_do(name):
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"] and rule["annotations"]["description"]
    assert re.search(r"[<>] [\d.]+$", rule["expr"]), "the chart replaces the threshold at the end"
    assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{name}.md")
    page = (RUNBOOKS / f"{name}.md").read_text()
    assert f"{rule['expr']}        for {rule['for']}, {rule['labels']['severity']}" in page
    assert all(f"**{part}**" in page for part in ("The person sees", "Why", "What to do"))


def test_every_runbook_has_its_alert():
    assert sorted(page.stem for page in RUNBOOKS.glob("Anki*.md")) == sorted(ALERTS)
    index = (RUNBOOKS / "README.md").read_text()
    assert re.findall(r"\]\((\w+)\.md\)", index) == list(ALERTS)
