# SPDX-License-Identifier: AGPL-3.0-or-later
"""The power fails: what the disk had not been told to keep is gone. Nothing that was acknowledged is.

The volume is an ext4 of its own. Shut down by its own ioctl without a flush of the journal, it drops every write that was
not synced, and mounting it again recovers what a machine would find after a power cut.
"""

import fcntl
import os
import random
import struct
import subprocess
import time

import pytest

from support.traffic import Crowd
from support.watched import WatchedServer

USERS = {"ada": "a", "bob": "b", "cy": "c"}
SHUTDOWN, WITHOUT_FLUSH = 0x8004587D, 2  # EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH


class Disk:
    """A file system in a file."""

    def __init__(self, folder, image):
        self.folder, self._image = folder, image
        folder.mkdir(parents=True)
        with open(image, "wb") as file:
            file.truncate(1 << 30)
        self._do("mkfs.ext4", "-q", image)
        self._mount()

    def cut_the_power(self):
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        except OSError as error:
            pytest.skip(f"this kernel shuts no file system down: {error}")
        finally:
            os.close(folder)

    def start_again(self):
        """On a copy: while another mount namespace still has the old one, it stays as it was."""
        self.remove()
        old, self._image = self._image, self._image.with_suffix(f".{time.monotonic_ns()}")
        self._do("cp", "--sparse=always", old, self._image)
        old.unlink()
        self._mount()

    def remove(self):
        self._do("umount", "--lazy", self.folder)

    def _mount(self):
        self._do("mount", "-o", "loop", self._image, self.folder)

    def _do(self, *command):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"a disk of its own needs root and loop devices: {getattr(error, 'stderr', error)}")


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path / "server", tmp_path / "disk")
    yield disk
    disk.remove()


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.long)])
def test_a_power_cut_loses_nothing(tmp_path, disk, rounds):
    server = WatchedServer(tmp_path, users=USERS)
    assert server.base == disk.folder
    server.start()
    crowd = Crowd(server.url, USERS, seed=rounds)
    crowd.log_in()
    chance = random.Random(rounds)
    try:
        for number in range(rounds):
            crowd.begin()
            crowd.wait_for_something_new()
            time.sleep(chance.uniform(0, 0.3))
            server.kill()  # first: nobody hears anything once the power is gone
            disk.cut_the_power()
            crowd.end()
            disk.start_again()
            server.start()
            crowd.check()
        assert crowd.statuses() <= {500, 503}
    finally:
        if server.is_running():
            server.kill()


def test_what_is_not_synced_is_gone(disk):
    """Else the test above would show nothing."""
    kept, lost = disk.folder / "kept", disk.folder / "lost"
    kept.write_bytes(b"x")
    os.sync()
    lost.write_bytes(b"x")
    disk.cut_the_power()
    disk.start_again()
    assert kept.exists() and not lost.exists()
