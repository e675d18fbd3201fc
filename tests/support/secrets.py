# SPDX-License-Identifier: AGPL-3.0-or-later
"""The passwords and keys that the tests of this run have used. None of them may ever stand in a log."""
import re

LENGTH_MIN = 8  # what is shorter may be a word of the log's own
OUR_KEY = re.compile(r"\d+\.\d+\.[0-9a-f]{64}")

_used = set()  # but our keys: they are many, and told by their looks


def remember(*used):
    _used.update(secret for each in used if len(secret := each.strip()) >= LENGTH_MIN and not OUR_KEY.fullmatch(secret))


def told_by(log):
    return [secret for secret in _used if secret in log] + OUR_KEY.findall(log)
