# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which versions of the client test_versions.py runs with, and the table of docs/compatibility.md."""
import datetime
from pathlib import Path

import pytest

from support.device import NEWEST

VERSIONS = ["2.1.45", "2.1.50", "2.1.54", "2.1.56", "2.1.58", "2.1.60", "2.1.66", "23.10.1", "23.12.1", "24.6.3",
            "24.11", "25.2.7", "25.9.5", "26.5", "26.8.1", NEWEST]
FEW = ["2.1.50", "2.1.66", NEWEST]
MODULE = "test_versions.py"

outcomes = {}  # (version, test) -> "passed", "failed" or "skipped"


def pytest_generate_tests(metafunc):
    if "version" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--clients")
        versions = chosen.replace("all", ",".join(VERSIONS)).split(",") if chosen else FEW
        metafunc.parametrize("version", dict.fromkeys(versions), scope="module")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if item.path.name == MODULE and (report.when == "call" or not report.passed):
        outcomes[item.callspec.params["version"], item.originalname] = report.outcome
    return report


def pytest_sessionfinish(session):
    file = session.config.getoption("--matrix")
    if file and outcomes:
        Path(file).write_text(matrix())


def matrix():
    versions = list(dict.fromkeys(version for version, _ in outcomes))
    capabilities = list(dict.fromkeys(test for _, test in outcomes))
    words = {"passed": "✓", "failed": "**fails**", "skipped": "not tested"}
    lines = [
        "# Which clients work with this server", "",
        f"Written by `./dev test --all-clients` on {datetime.date.today()}: each version of Anki's client from PyPI on one",
        f"account beside {NEWEST}; what a column names was made and changed by both and came to both. \"Not tested\": the",
        "version does not install on this machine's Python. Each column is a test of tests/e2e/test_versions.py.", "",
        "| Anki | " + " | ".join(test.removeprefix("test_").replace("_", " ") for test in capabilities) + " |",
        "|" + "---|" * (len(capabilities) + 1)]
    lines += [f"| {version} | " + " | ".join(words[outcomes[version, test]] for test in capabilities) + " |"
              for version in versions]
    return "\n".join(lines) + "\n"
