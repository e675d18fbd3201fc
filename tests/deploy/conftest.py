# SPDX-License-Identifier: AGPL-3.0-or-later
from support.not_run import pytest_runtest_logreport, pytest_sessionfinish  # noqa: F401
