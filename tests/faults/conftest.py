# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server that a module's tests send what they like to."""

import pytest

from support.watched import WatchedServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = WatchedServer(tmp_path_factory.mktemp("server")).start()
    yield server
    server.stop()
