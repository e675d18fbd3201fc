# SPDX-License-Identifier: AGPL-3.0-or-later
"""scrape.py [ACCOUNTS]: what a scrape of /metrics costs the server, without and with series for each of 1,000 accounts."""
import http.client
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from client import Device  # noqa: E402
from measured import Measured  # noqa: E402

ROUNDS = 200


def scrape(connection):
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200 and b"ankisync_users" in text
    return text


def download(device):
    yield device.request("sync/download", {})


def measure(folder, accounts, per_user):
    measured = Measured("ours", folder, accounts, ANKISYNCD_METRICS_PER_USER=str(per_user).lower(),
                        ANKISYNCD_METRICS_USERS=str(accounts))
    if per_user:
        for number in range(1, accounts + 1):
            device = Device()
            connection = measured.connection()
            connection.play(device.log_in(f"u{number}", "p"))
            connection.play(download(device))
            connection.socket.close()
    connection = http.client.HTTPConnection("127.0.0.1", measured.server.ops_port(), timeout=60)
    scrape(connection)
    with measured.costs() as costs:
        for _ in range(ROUNDS):
            text = scrape(connection)
    connection.close()
    measured.stop()
    print(f"{accounts} accounts, {'a series for each' if per_user else 'no series of theirs'}: "
          f"{costs['cpu'] / ROUNDS * 1000:.2f} ms of CPU, {len(text.splitlines())} lines, {len(text)} bytes")


def main():
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        for per_user in (False, True):
            measure(Path(folder) / str(per_user), accounts, per_user)


main()
