# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups are made while people sync, and a disk that is gone comes back from one."""
import json
import math
import subprocess

import pytest

from support.device import ClientError
from support.servers import OurServer
from support.world import sync

pytestmark = pytest.mark.ours


@pytest.fixture
def backups(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def pair(world):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    laptop.add_media("a.txt", "a")
    laptop.sync_media()
    phone.sync_media()
    return laptop, phone


@pytest.fixture
def new_disk(world, backups, tmp_path):
    """Restores into an empty folder and serves it at the old address."""

    def restore():
        world.server.kill()
        folder = tmp_path / "new"
        folder.mkdir()
        replacement = OurServer(folder)
        replacement.port, replacement.url = world.server.port, world.server.url
        replacement._environment["SYNC_PORT"] = str(replacement.port)
        replacement.control("backup", "restore", backups, "--yes")
        world.server = replacement
        replacement.start()

    return restore


def test_a_lost_disk_comes_back_and_no_device_merges_into_it_by_itself(world, pair, backups, new_disk):
    laptop, phone = pair
    phone.add_notes([[[f"made while it ran {n}", ""], ""] for n in range(50)])
    phone.begin("sync")
    world.server.control("backup", "create", backups)
    assert phone.end() == "no changes"
    world.server.control("backup", "verify", backups)
    laptop.add_notes([[["since the backup", ""], ""]])
    laptop.add_media("b.txt", "since the backup")
    sync(laptop)
    laptop.sync_media()

    new_disk()
    assert laptop.sync() == "full", "still logged in, and asked"
    laptop.upload()
    assert phone.sync() == "full"
    phone.download()
    with pytest.raises(ClientError, match="Please sync again"):
        laptop.sync_media()  # it has a file that it sent before, and finds that the server has not
    for device in (laptop, phone):
        device.sync_media()
    assert len(phone.notes("since")) == 1
    assert phone.media() == laptop.media() == {"a.txt": "a", "b.txt": "since the backup"}
    world.check()


def test_a_lost_disk_comes_back_for_a_device_that_lost_everything_too(world, pair, backups, new_disk):
    world.server.control("backup", "create", backups)
    new_disk()
    newcomer = world.device("bought yesterday")
    assert newcomer.sync() in ("download", "full")
    newcomer.download()
    newcomer.sync_media()
    assert newcomer.media() == {"a.txt": "a"}
    for device in pair:
        assert device.sync() == "full"
        device.download()
    world.check()


def test_one_user_goes_back_to_a_backup_while_the_server_runs(world, pair, backups):
    laptop, phone = pair
    world.server.control("backup", "create", backups, "--user", world.user)
    made = json.loads(world.server.control("backup", "list", backups, "--json"))
    laptop.remove_notes(laptop.notes("first"))
    laptop.add_notes([[["another", ""], ""]])
    laptop.remove_media(["a.txt"])
    sync(laptop, phone)
    laptop.sync_media()
    phone.sync_media()
    assert phone.media() == {}

    world.server.control("backup", "restore", backups, made[0]["backup"], "--user", world.user, "--yes")
    for device in (laptop, phone):
        assert device.sync() == "full"
        device.download()
        device.sync_media()
        assert device.media() == {"a.txt": "a"}
        assert (len(device.notes("first")), device.notes("another")) == (1, [])
    world.check()
    assert "restore" in world.server.control("snapshot", "list", world.user)


def test_what_became_of_a_backup_is_seen_from_outside(world, pair, backups):
    before = world.server.metrics()
    world.server.control("backup", "create", backups)
    world.server.control("backup", "verify", backups)
    (backups.parent / "file").touch()
    world.server.control("backup", "create", backups.parent / "file", status=1)
    after = world.server.metrics()
    made, verified, tried = (f"ankisync_{name}_timestamp_seconds" for name in
                             ("backup_last_success", "restore_verify_last_success", "backup_last_attempt"))
    assert all(math.isnan(before[name]) for name in (made, verified, tried))
    assert after[made] <= after[verified] and after[made] <= after[tried]
    assert after["ankisync_backup_size_bytes"] > 1000 and after["ankisync_backup_duration_seconds"] > 0
    failures = 'ankisync_backup_failures_total{stage="%s"}'
    assert (after[failures % "create"], after[failures % "verify"]) == (1, 0)


def test_a_backup_as_a_stream_is_one_when_it_is_unpacked(world, pair, backups):
    backups.mkdir()
    control = world.server.program.with_name("ankisyncctl")
    create = subprocess.Popen([control, "--data", world.server.base, "backup", "create", "-"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", backups], stdin=create.stdout, check=True)
    assert create.wait() == 0
    assert "is sound" in world.server.control("backup", "verify", backups)
