# SPDX-License-Identifier: AGPL-3.0-or-later
"""The units for systemd, judged by systemd."""
import re

import pytest

from tools import ROOT, program, run

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
EXPOSURE_MAX = 2.0  # of 10


@pytest.mark.parametrize("source", UNITS, ids=lambda source: source.name)
def test_the_unit_is_valid_and_confined(tmp_path, source):
    analyze = program("systemd-analyze")
    unit = tmp_path / source.name
    unit.write_text(re.sub("/usr/local/bin/ankisync(d|ctl)", "/bin/true", source.read_text()))
    run(analyze, "verify", unit)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", run(analyze, "security", "--offline=true", unit))
    assert float(exposure[1]) <= EXPOSURE_MAX
