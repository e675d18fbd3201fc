# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs that people already back their machines up with: they read while people sync, and harm nothing."""
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from support.traffic import Crowd
from support.watched import WatchedServer

USERS = {"ada": "a", "bob": "b"}
LITESTREAM = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ankisyncd/bin/litestream"


@pytest.fixture
def server(tmp_path):
    server = WatchedServer(tmp_path, users=USERS).start()
    yield server
    server.stop()


@pytest.fixture
def crowd(server):
    crowd = Crowd(server.url, USERS, seed=1)
    crowd.log_in()
    for person in crowd.people:
        person.upload()
        person.weights = {person.sync: 6, person.send_media: 4}  # a full upload begins another file
    crowd.begin()
    yield crowd
    crowd.end()
    assert crowd.statuses() == set()
    crowd.check()


def wait_for_more(crowd, deeds):
    enough = crowd.done + deeds
    while crowd.done < enough:
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.skipif(not LITESTREAM.exists(), reason="no litestream: ./dev faults builds it")
def test_litestream_follows_accounts_and_collections(server, crowd, tmp_path):
    wait_for_more(crowd, 10)
    followed = {path: f"file://{tmp_path}/replica-{number}" for number, path in enumerate(
        [server.base / "auth.db", server.base / "session.db", *(server.collection(user).resolve() for user in USERS)])}
    settings = tmp_path / "litestream.yml"
    settings.write_text("dbs:\n" + "".join(
        f"  - path: {path}\n    replicas:\n      - url: {url}\n" for path, url in followed.items()))
    litestream = subprocess.Popen([LITESTREAM, "replicate", "-config", settings], stderr=subprocess.DEVNULL)
    wait_for_more(crowd, 60)
    assert litestream.poll() is None
    crowd.end()
    time.sleep(3)  # it looks once a second
    litestream.send_signal(signal.SIGINT)
    assert litestream.wait() == 0
    for path, url in followed.items():
        restored = tmp_path / "restored.db"
        subprocess.run([LITESTREAM, "restore", "-o", restored, url], check=True)
        assert dump(restored) == dump(path), path
        restored.unlink()


def test_restic_keeps_backups_that_are_sound_when_they_come_back(server, crowd, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "RESTIC_PASSWORD": "secret",
                   "RESTIC_REPOSITORY": str(tmp_path / "restic")}

    def restic(*arguments):
        subprocess.run(["restic", "-q", *arguments], env=environment, check=True)

    restic("init")
    for _ in range(3):
        wait_for_more(crowd, 10)
        server.control("backup", "create", tmp_path / "backups")
        restic("backup", tmp_path / "backups")
    restic("restore", "latest", "--target", tmp_path / "elsewhere")
    assert "is sound" in server.control("backup", "verify", tmp_path / "elsewhere" / tmp_path.relative_to("/") / "backups")


def dump(path):
    """All rows of all tables but litestream's own."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.create_collation("unicase", lambda a, b: (a > b) - (a < b))
    database.text_factory = bytes
    tables = [name.decode() for name, in database.execute("select name from sqlite_master where type = 'table' order by name")]
    rows = {name: sorted(map(repr, database.execute(f'select * from "{name}"')))
            for name in tables if not name.startswith("_litestream") and name != "sqlite_sequence"}
    database.close()
    return rows
