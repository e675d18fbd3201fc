# SPDX-License-Identifier: AGPL-3.0-or-later
"""People who sync while an operator does things to their server."""
import itertools
import threading
import time

from support.device import ClientError

PASSWORD = "correct horse"


def wait_until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


class Person(threading.Thread):
    """Adds a media file and syncs media, again and again; counts what fails."""

    def __init__(self, device):
        super().__init__(daemon=True)
        self.device, self.syncs, self.failures = device, 0, []
        self._enough = threading.Event()

    def run(self):
        for number in itertools.count():
            if self._enough.is_set():
                return
            self._add(number)
            try:
                self._sync()
            except ClientError as error:
                self.failures.append(str(error))
                self._enough.wait(0.5)  # nobody is quicker to try again
            self.syncs += 1

    def _add(self, number):
        self.device.put_media({f"{self.device.name}-{number}.txt": [f"{self.device.name} {number} ", 2000]})

    def _sync(self):
        self.device.sync_media()

    def stop(self):
        self._enough.set()
        self.join(timeout=120)
        assert not self.is_alive()


class Learner(Person):
    """Adds a note and syncs the collection, again and again."""

    def _add(self, number):
        self.device.add_notes([[[f"{self.device.name} {number}", "…"], ""]])

    def _sync(self):
        outcome = self.device.sync()
        if outcome != "no changes":
            self.failures.append(f"a {outcome} sync is needed")
