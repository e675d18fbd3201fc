# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prometheus' rules: each alert fires when it should, is silent when it should, and has a page that says the same."""
import json
import re

import pytest
import yaml

from alerts import CASES
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
