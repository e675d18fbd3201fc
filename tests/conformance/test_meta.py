# SPDX-License-Identifier: AGPL-3.0-or-later
"""protocol.json: meta and sanity. What a client learns before a sync, and the counts that must agree after it."""
import time

import pytest

from support.wire import base_collection, load

PROTOCOL = load("protocol.json")
META_DEPARTURES = {}
SANITY_DEPARTURES = {}


@pytest.mark.parametrize("case", PROTOCOL["meta"], ids=lambda case: case["note"])
def test_meta(wire, ours, case):
    wire.upload(base_collection(*case["collection"]))
    before = time.time()
    answer = wire.call("meta", case["request"])
    assert answer.status == case["status"], answer.body
    if case["answer"]:
        meta = answer.json()
        assert before - 1 <= meta["ts"] <= time.time() + 1
        assert meta == case["answer"] | {"ts": meta["ts"]}


@pytest.mark.parametrize("case", PROTOCOL["sanity"], ids=lambda case: case["note"])
def test_sanity_check(wire, ours, case):
    wire.upload(base_collection(*case["collection"]))
    wire.start()
    answer = wire.call("sanityCheck2", case["request"])
    assert answer.status == case["status"]
    if case["answer"]:
        assert answer.json() == case["answer"]
    wire.call("abort", {})
