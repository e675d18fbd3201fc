# SPDX-License-Identifier: AGPL-3.0-or-later
"""protocol.json: meta and sanity. What a client learns before a sync, and the counts that must agree after it."""
import time

import pytest

from support.wire import base_collection, load

PROTOCOL = load("protocol.json")
NEWER = "a client that is newer than the server is told so in words that its person reads"
META_DEPARTURES = {
    "v = 12": NEWER,
    "v = 255": NEWER,
    "negative usn, mod 0": "such a file is refused as an upload",
}
SANITY_DEPARTURES = {
    f"usn -1 in {table}": "an upload's usns of -1, which Check Database could not mend, become 0"
    for table in ("cards", "notes", "revlog", "graves", "decks", "deck_config", "tags", "notetypes")}


@pytest.mark.parametrize("case", PROTOCOL["meta"], ids=lambda case: case["note"])
def test_meta(wire, ours, case):
    if ours and case["note"] == "negative usn, mod 0":
        assert wire.call("upload", base_collection(*case["collection"])).body != b"OK"
        return
    wire.upload(base_collection(*case["collection"]))
    before = time.time()
    answer = wire.call("meta", case["request"])
    if ours and META_DEPARTURES.get(case["note"]) == NEWER:
        assert (answer.status, answer.json()["cont"]) == (200, False)
        assert "must be updated first" in answer.json()["msg"]
        return
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
    if ours and case["note"] in SANITY_DEPARTURES:
        assert answer.json()["status"] == "ok"
    elif case["answer"]:
        assert answer.json() == case["answer"]
    wire.call("abort", {})
