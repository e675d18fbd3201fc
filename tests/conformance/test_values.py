# SPDX-License-Identifier: AGPL-3.0-or-later
"""json_matrix.json and entries.json: what the server takes for each member of each object, and what it sends back.

Every value in the recorded battery is sent in a session of its own, which is then given up.
"""
import copy
import json

import pytest

from support.wire import NO_CHANGES, base_collection, load

MATRIX = load("json_matrix.json")
ENTRIES = load("entries.json")["tables"]
EVERYTHING = -2147483648
TWICE = "several rows come twice, first under temporary names, so that a client takes names in any order"
DEPARTURES = {
    ("cards", "usn"): "everything that is applied carries the server's usn",
    ("notes", "usn"): "everything that is applied carries the server's usn",
    ("revlog", "usn"): "everything that is applied carries the server's usn",
    ("notetype", "usn"): "everything that is applied carries the server's usn",
    ("deck_normal", "usn"): "everything that is applied carries the server's usn",
    ("deck_filtered", "usn"): "everything that is applied carries the server's usn",
    ("dconf", "usn"): "everything that is applied carries the server's usn",
}
INFINITE = {  # An infinite float would go out as null, which no client reads. What is sent instead of [null]:
    ("dconf", "fsrsWeights"): [], ("dconf", "fsrsParams5"): [], ("dconf", "fsrsParams6"): [],
    ("dconf", "easyDaysPercentages"): [], ("dconf", "secondsToShowQuestion"): 0.0,
    ("dconf", "secondsToShowAnswer"): 0.0, ("dconf.new", "delays"): [], ("dconf.lapse", "delays"): [],
    ("deck_filtered", "delays"): None}


@pytest.fixture(autouse=True, scope="module")
def collection(wire):
    wire.upload(base_collection())


def object_text(kind, key, raw):
    """The JSON text of the whole top object, with one key's value replaced by this raw text, or the key removed."""
    tested = json.loads(MATRIX["bases"][kind]["in"])
    if raw is None:
        tested.pop(key)
    else:
        tested[key] = "@raw@"
    top = tested
    if kind in ("field", "template"):
        top = json.loads(MATRIX["bases"]["notetype"]["in"])
        top["flds" if kind == "field" else "tmpls"] = [tested]
    elif "." in kind:
        top = json.loads(MATRIX["bases"]["dconf"]["in"])
        top[kind.split(".")[1]] = tested
    for name, value in (("id", 500000), ("name", "U500000")):
        if top is not tested or key != name:
            top[name] = value
    return json.dumps(top).replace('"@raw@"', raw or "")


def changes(kind, text):
    lists = {"models": "", "decks": "", "presets": ""}
    lists[list_of(kind)] = text
    return '{"changes":{"models":[%s],"decks":[[%s],[%s]],"tags":[]}}' % tuple(lists.values())


def list_of(kind):
    if kind.startswith("deck_"):
        return "decks"
    return "presets" if kind.startswith("dconf") else "models"


def sent_back(answer, kind):
    return {"models": answer["models"], "decks": answer["decks"][0], "presets": answer["decks"][1]}[list_of(kind)]


def changed(base, differences):
    """A copy of base with [path, value] set and [path] removed."""
    result = copy.deepcopy(base)
    for path, *value in differences:
        *parents, last = path.split("/")
        target = result
        for part in parents:
            target = target[int(part) if isinstance(target, list) else part]
        if isinstance(target, list):
            last = int(last)
        if value:
            target[last] = value[0]
        else:
            del target[last]
    return result


@pytest.mark.parametrize("case", MATRIX["cases"], ids=lambda case: f"{case['kind']}-{case['key']}")
def test_values_of_a_key(wire, ours, case):
    kind, key = case["kind"], case["key"]
    wrong = []
    for raw in case["rejected"]:
        wire.start(EVERYTHING)
        status = wire.call("applyChanges", changes(kind, object_text(kind, key, raw))).status
        if status != 400:
            wrong.append(f"{raw}: {status}, not refused")
    for raw, _, differences in case["accepted"]:
        wire.start(EVERYTHING)
        status = wire.call("applyChanges", changes(kind, object_text(kind, key, raw))).status
        if status != 200:
            wrong.append(f"{raw}: {status}, not accepted")
            continue
        if ours and raw in ("1e39", "[1e39]") and (kind, key) in INFINITE:
            differences = [[path, INFINITE[kind, key] if path.split("/")[-1] == key else value]
                           for path, value in differences]
        expected = changed(MATRIX["bases"][kind]["out"], differences)
        # A second exchange in the same session sends what the first has stored.
        answer = wire.done("applyChanges", {"changes": NO_CHANGES})
        found = [found for found in sent_back(answer, kind) if found["id"] == expected["id"]]
        if ours and len(found) == 2:  # TWICE
            del found[0]
        if ours and (kind, key) in DEPARTURES:
            expected["usn"] = 10
        if found != [expected]:
            wrong.append(f"{raw}: {differing(found, expected)}")
    wire.call("abort", {})
    assert wrong == []


def differing(found, expected):
    if len(found) != 1:
        return f"sent back {len(found)} times"
    keys = sorted(found[0].keys() | expected.keys())
    return {key: [found[0].get(key, "absent"), expected.get(key, "absent")] for key in keys
            if found[0].get(key, "absent") != expected.get(key, "absent")}


ELEMENTS = [(table, element) for table in ENTRIES for element in table["columns"]]


def entry_text(table, element, raw):
    """The entry with one element replaced by this raw text. The base's own elements hold no comma inside strings."""
    parts = table["base_in"][1:-1].split(",")
    parts[table["columns"].index(element)] = raw
    return "[" + ",".join(parts) + "]"


@pytest.mark.parametrize("table, element", ELEMENTS, ids=[f"{table['table']}-{name}" for table, name in ELEMENTS])
def test_values_of_an_entrys_element(wire, ours, table, element):
    case = table["elements"][element]
    wrong = []
    for raw in case["rejected"]:
        wire.start(EVERYTHING)
        status = apply_entry(wire, table, entry_text(table, element, raw))
        if status != 400:
            wrong.append(f"{raw}: {status}, not refused")
    for raw, columns, *_ in case["accepted"]:
        wire.start(EVERYTHING)
        status = apply_entry(wire, table, entry_text(table, element, raw))
        if status != 200:
            wrong.append(f"{raw}: {status}, not accepted")
            continue
        expected = list(table["base_out"])
        for column, value in columns.items() if isinstance(columns, dict) else columns:
            if column not in ("sfld", "csum"):  # worked out by the server, never sent
                expected[table["columns"].index(column)] = value
        if ours and (table["table"], element) in DEPARTURES:
            expected[table["columns"].index("usn")] = 10
        found = wire.done("chunk", {}).get(table["table"], [])
        if found != [expected]:
            wrong.append(f"{raw}: {found}, not {expected}")
    wire.call("abort", {})
    assert wrong == []


@pytest.mark.parametrize("table", ENTRIES, ids=lambda table: table["table"])
def test_lengths_and_forms_of_an_entry(wire, ours, table):
    elements = table["base_in"][1:-1].split(",")
    for length, status in table["length_status"].items():
        parts = (elements + ["0"] * 3)[:int(length)]
        wire.start()
        assert apply_entry(wire, table, "[" + ",".join(parts) + "]") == status, length
    wire.start()
    as_object = json.dumps(dict(zip(table["columns"], json.loads(table["base_in"]))))
    # The official server takes a review as an object too; no client sends it.
    assert apply_entry(wire, table, as_object) == (400 if ours else table["object_form_status"])
    wire.call("abort", {})


def apply_entry(wire, table, text):
    return wire.call("applyChunk", '{"chunk":{"%s":[%s]}}' % (table["table"], text)).status
