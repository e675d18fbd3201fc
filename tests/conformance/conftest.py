# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every recorded case of tests/vectors that concerns /sync/, replayed over HTTP.

The vectors are what the official server did, so on it (--target official) every case must come out as recorded: that
proves these tests. On ours a case may come out otherwise only where its module's DEPARTURES names it, with the reason.
"""
import pytest

from support.servers import KINDS
from support.wire import Wire


@pytest.fixture(scope="session")
def server(target, tmp_path_factory):
    server = KINDS[target](tmp_path_factory.mktemp(target), users={"u": "p"}).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def wire(server):
    wire = Wire(server.url)
    wire.login("u", "p")
    return wire


@pytest.fixture(scope="session")
def ours(target):
    return target == "ours"
