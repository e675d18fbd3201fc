# SPDX-License-Identifier: AGPL-3.0-or-later
"""protocol.json: sequence, chunk, chunk_selection. Which calls a session allows, and how changes are handed out."""
import pytest

from support.wire import NO_CHANGES, base_collection, load

PROTOCOL = load("protocol.json")
BIG_PAGES = "a chunk of ours holds as much as a client can take at once, to save round trips"
DEPARTURES = {  # sequence: the statuses of its steps, and col.usn afterwards
    "meta ends the session": ([200, 200, 200], 10, "meta answers from what is committed and disturbs nobody"),
    "meta of unsupported version": ([200, 501, 200], 10, "meta answers from what is committed and disturbs nobody"),
    "download ends the session": ([200, 200, 409], 10, "a download changes nothing"),
    "sanity bad ends the transaction": ([200, 200, 200, 409], 10, "the session ends with it"),
}


@pytest.mark.parametrize("case", PROTOCOL["sequence"], ids=lambda case: case["note"])
def test_a_sequence_of_calls(wire, ours, case):
    wire.call("abort", {})
    wire.upload(base_collection())
    departure = DEPARTURES.get(case["note"]) if ours else None
    statuses, usn, _ = departure or ([step[3] for step in case["steps"]], case["col_after"]["usn"], None)
    mod = None
    for (method, skey, content, _, body), status in zip(case["steps"], statuses, strict=True):
        answer = wire.call(method, content, skey=skey)
        assert answer.status == status, (method, answer.body)
        if method == "finish" and status == 200:
            mod = answer.json()
        elif body is not None and status == 200 and method != "hostKey":
            assert answer.body.decode() == body
    meta = wire.meta()
    assert (meta["usn"], meta["scm"]) == (usn, case["col_after"]["scm"])
    if mod:
        assert meta["mod"] == mod


def pending(counts):
    rows = [["insert into revlog values (?,5,10,1,1,1,1,1,1)", [1001 + n]] for n in range(counts["revlog"])]
    rows += [["insert into cards values (?,5,1,0,1,10,0,0,1,1,2500,1,0,0,0,0,0,'{}')", [2001 + n]]
             for n in range(counts["cards"])]
    rows += [["insert into notes values (?,?,1000,500,10,'','F\x1fB','F',0,0,'')", [5001 + n, f"g{n}"]]
             for n in range(counts["notes"])]
    return ["begin", *rows, "commit"]


@pytest.mark.parametrize("case", PROTOCOL["chunk"], ids=lambda case: "-".join(map(str, case["pending"].values())))
def test_pending_objects_come_once_and_end_with_done(wire, ours, case):
    wire.upload(base_collection(*pending(case["pending"])))
    wire.start()
    chunks = []
    while not chunks or not chunks[-1]["done"]:
        chunks.append(wire.done("chunk", {}))
    assert wire.done("chunk", {}) == case["call_after_done"] == {"done": True}
    wire.call("abort", {})
    kinds = {"revlog": 1001, "cards": 2001, "notes": 5001}
    for kind, first in kinds.items():
        sent = [row[0] for chunk in chunks for row in chunk.get(kind, [])]
        assert sorted(sent) == [first + n for n in range(case["pending"][kind])], kind
        assert all(chunk[kind] for chunk in chunks if kind in chunk), "an empty list is left out"
    if not ours:  # BIG_PAGES
        assert [[*(len(chunk.get(kind, [])) for kind in kinds), chunk["done"], sorted(chunk)] for chunk in chunks] \
            == case["chunks_revlog_cards_notes_done_keys"]
        for kind, ends in case["first_and_last_ids_of_first_chunk"].items():
            rows = chunks[0].get(kind, [])
            assert ([rows[0][0], rows[-1][0]] if rows else []) == ends


@pytest.mark.parametrize("case", [PROTOCOL["chunk_selection"], PROTOCOL["chunk_selection_min_usn_minus_1"]],
                         ids=["since 5", "since -1"])
def test_what_changed_since_the_clients_usn_is_sent(wire, ours, case):
    usns = PROTOCOL["chunk_selection"]["revlog_usns_by_id"]
    wire.upload(base_collection(*(["insert into revlog values (?,5,?,1,1,1,1,1,1)", [int(row), usn]]
                                  for row, usn in usns.items())))
    wire.start(min_usn=case["min_usn"])
    answer = wire.done("chunk", {})
    wire.call("abort", {})
    expected = case["answer"]["revlog"]
    if ours:  # An upload's usns of -1, which Check Database could not mend, become 0: row 4.
        expected = [row for row in expected if row[0] != 4]
    assert sorted(answer.get("revlog", [])) == sorted(expected)
