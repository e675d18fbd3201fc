# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of docs/certificates.md, run as they stand."""
import re

import pytest

from tools import ROOT, program, refusal, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    program("openssl")
    folder = tmp_path_factory.mktemp("certificates")
    commands, = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/certificates.md").read_text(), re.DOTALL)
    run("sh", "-ec", commands, cwd=folder)
    return folder


@pytest.mark.parametrize("name", [["-verify_hostname", "anki.home"], ["-verify_ip", "192.0.2.2"]])
def test_the_authority_vouches_for_name_and_address(folder, name):
    run("openssl", "verify", "-purpose", "sslserver", "-CAfile", folder / "authority.pem", *name, folder / "fullchain.pem")


def test_it_vouches_for_no_other_name(folder):
    assert "hostname mismatch" in refusal(
        "openssl", "verify", "-CAfile", folder / "authority.pem", "-verify_hostname", "elsewhere.home", folder / "fullchain.pem")
