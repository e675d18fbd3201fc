# SPDX-License-Identifier: AGPL-3.0-or-later
"""fail2ban, asked what it makes of a real server's log."""
import configparser
import json

from support.servers import OurServer
from tools import ROOT, program, run

FILTER = ROOT / "deploy/fail2ban/filter.d/ankisyncd.conf"


def log_in(server, name, password):
    run("curl", "-s", "--noproxy", "*", "-F", f"data={json.dumps({'u': name, 'p': password})};filename=data", f"{server.url}sync/hostKey")


def test_refused_logins_are_seen_with_the_address_and_nothing_else_is(tmp_path):
    regex = program("fail2ban-regex")
    server = OurServer(tmp_path, {"ada": "lovelace"}).start()
    try:
        log_in(server, "ada", "lovelace")
        log_in(server, "ada", "wrong")
        log_in(server, "nobody", "wrong")
        log_in(server, 'x" client=y address=192.0.2.66 reason=wrong_password request=1', "wrong")
    finally:
        server.stop()
    assert run(regex, "--out", "ip", tmp_path / f"{server.name}.log", FILTER).split() == ["127.0.0.1"] * 3
    in_journal = tmp_path / "journal"
    in_journal.write_text("".join(f"nas ankisyncd[77]: {line}\n" for line in server.log().splitlines()))
    assert run(regex, "--out", "ip", in_journal, FILTER).split() == ["127.0.0.1"] * 3


def test_the_jail_names_the_filter():
    jail = configparser.ConfigParser()
    jail.read(ROOT / "deploy/fail2ban/jail.d/ankisyncd.conf")
    assert jail.sections() == [FILTER.stem]
