# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real Anki client against a server.

--target ours|official|both   the server under test; "both" (the default) runs each scenario on the official one first,
                              as the oracle, and then demands that ours leaves the same collection
--long, or ANKISYNC_LONG=1    the slow scenarios too
ANKISYNCD                     our program, if not build/release/bin/ankisyncd
"""
import os

import pytest

from support import tables
from support.world import World

oracle = {}  # scenario -> what the official server's collection held after it


def pytest_addoption(parser):
    parser.addoption("--target", choices=["ours", "official", "both"], default="both")
    parser.addoption("--clients", help="all, or versions of the client with commas, for e2e/test_versions.py")
    parser.addoption("--matrix", metavar="FILE", help="where e2e/test_versions.py writes its table")
    parser.addoption("--long", action="store_true", default="ANKISYNC_LONG" in os.environ)


def pytest_configure(config):
    config.addinivalue_line("markers", "long: a scenario for --long only")
    config.addinivalue_line("markers", "ours: about a deliberate difference; not for the official server")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        slow = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_generate_tests(metafunc):
    if "target" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--target")
        targets = ["official", "ours"] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker("ours"):
            targets = [target for target in targets if target == "ours"]
        metafunc.parametrize("target", targets, indirect=True, scope="session")


@pytest.fixture(scope="session")
def target(request):
    return request.param


@pytest.fixture
def world(target, tmp_path):
    world = World(tmp_path, target)
    yield world
    world.close()


@pytest.fixture
def agree(world, request):
    """The end of a scenario: world.check(), and the same outcome on both servers."""

    def agree():
        held = world.check()
        outcome = tables.without_identity(held)
        scenario = request.node.nodeid.replace(world.server.name, "")
        expected = oracle.setdefault(scenario, outcome)
        only_here = [line for line in outcome if line not in expected]
        only_there = [line for line in expected if line not in outcome]
        assert (only_here, only_there) == ([], []), "the official server left another collection"
        assert len(outcome) == len(expected)
        return held

    return agree
