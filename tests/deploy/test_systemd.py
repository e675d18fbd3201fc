# SPDX-License-Identifier: AGPL-3.0-or-later
"""The unit for systemd, judged by systemd."""
import re

from tools import ROOT, program, run

UNIT = ROOT / "deploy/systemd/ankisyncd.service"
EXPOSURE_MAX = 2.0  # of 10


def test_the_unit_is_valid_and_confined(tmp_path):
    analyze = program("systemd-analyze")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/ankisyncd", "/bin/true"))
    run(analyze, "verify", unit)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", run(analyze, "security", "--offline=true", unit))
    assert float(exposure[1]) <= EXPOSURE_MAX
