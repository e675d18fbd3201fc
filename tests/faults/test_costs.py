# SPDX-License-Identifier: AGPL-3.0-or-later
"""No request holds a core: what the server does with a long text takes time in proportion to its length.

Texts that made some step of some server slow, in every place that a client can send one to. On the official server
300 KB of "<style>" in a field take 11 to 40 s. The bound is processor time of our process for all texts together, and
generous: a single quadratic one takes longer.
"""

import json

import pytest

from support.wire import NO_CHANGES, base_collection, load

CPU_SECONDS_MAX = 20
BASES = load("json_matrix.json")["bases"]
NOTETYPE, DECK, PRESET = (json.loads(BASES[name]["in"]) for name in ("notetype", "deck_normal", "dconf"))
PIECES = [
    "<style>", "<script>", "</style>", "<!--", "-->", "<", ">", "<<>", "<style></style", "<img", "<img src=", "<img src='", '<img src="a',
    "<img src=\"a' ", "<img ' \" src", '<img src="a">', "<object data=", "<video src=a ", "[sound:", "[sound:a]", "[latex]", "{{", "{{c1::", "}}", "{{c1::a::",
    "{{#a}}", "{{/a}}", "{{^a}}{{a}}", "&", "&#", "&#x", "&amp", "&amp;", "&nbsp;", "\u00a0", "a ", " ", "\u3000", "\t", "\n", "::", "a::", "a", "\u0301", "e\u0301",
    "\u1161", "\ufb03", "\U0001f468\u200d", "\u202e", "'", '"', "\\", "/", "%", "0", "9", "-", ".", "(", "[", "{",
]  # fmt: skip


SIZES = pytest.mark.parametrize("size", [300_000, pytest.param(1_000_000, marks=pytest.mark.long)])


def long(piece, size):
    return piece * (size // len(piece.encode()))


@pytest.fixture(scope="module")
def wire(server):
    wire = server.login()
    wire.upload(base_collection())
    return wire


@pytest.fixture
def spend(server, wire):
    """Sends something within a session that is thrown away."""

    def spend(method, content):
        wire.start(newer=True)
        status = wire.call(method, content).status
        wire.call("abort", {})
        assert status in (200, 400)
        assert server.cpu_seconds() - before < CPU_SECONDS_MAX
        return status

    before = server.cpu_seconds()
    return spend


def note(id=9, fields="F\x1fB", tags=""):
    return [id, "guid", 1000, 100, 10, tags, fields, "", "", 0, ""]


def changed(**parts):
    return {"changes": NO_CHANGES | parts}


@SIZES
def test_long_texts_in_fields_and_tags(spend, size):
    for piece in PIECES:
        text = long(piece, size)
        notes = [note(1, f"{text}\x1f{text}"), note(2, f"<{text}>\x1f{text[::-1]}"), note(3, tags=text)]
        assert spend("applyChunk", {"chunk": {"notes": notes}}) == 200


@SIZES
def test_long_names_of_decks_presets_tags_and_keys(spend, size):
    for piece in PIECES:
        text = long(piece, size)
        decks = [DECK | {"id": 7, "name": text}, DECK | {"id": 8, "name": text.upper(), "desc": text}]
        presets = [PRESET | {"id": 5, "name": text}, PRESET | {"id": 6, "name": text}]
        tags = [text, text.upper(), f"{text} {text}"]
        spend("applyChanges", changed(decks=[decks, presets], tags=tags, conf={text: text, "curDeck": text}))


@SIZES
def test_long_texts_in_notetypes(spend, size):
    field, template = NOTETYPE["flds"][0], NOTETYPE["tmpls"][0]
    for piece in PIECES:
        text = long(piece, size // 4)
        made = NOTETYPE | {"id": 5, "name": text, "css": text, "req": [[0, "any", [0]]] * 10_000}
        made["flds"] = [field | {"name": name} for name in (text, text + "2", "F")]
        made["tmpls"] = [template | {"name": f"{text}{n}", "qfmt": text, "afmt": text} for n in range(3)]
        spend("applyChanges", changed(models=[made, made | {"id": 6}]))


MANY = 20_000


def test_many_of_everything(spend):
    field, template = NOTETYPE["flds"][0], NOTETYPE["tmpls"][0]
    wide = NOTETYPE | {"id": 5, "name": "wide", "flds": [field | {"name": f"F{n}"} for n in range(MANY)]}
    same = NOTETYPE | {"id": 5, "name": "same", "flds": [field] * MANY, "tmpls": [template] * MANY}
    tall = NOTETYPE | {"id": 5, "name": "tall", "tmpls": [template | {"name": f"T{n}"} for n in range(MANY)]}
    for what in (
        changed(models=[wide]),
        changed(models=[same]),
        changed(models=[tall]),
        changed(models=[NOTETYPE | {"id": n, "name": "same"} for n in range(2, 2000)]),
        changed(decks=[[DECK | {"id": n, "name": "same"} for n in range(2, 5000)], []]),
        changed(decks=[[DECK | {"id": n, "name": f"a{n}::b"} for n in range(2, 5000)], []]),
        changed(decks=[[DECK | {"id": 2, "name": "same"}] * 5000, []]),
        changed(decks=[[], [PRESET | {"id": n, "name": "same"} for n in range(2, 5000)]]),
        changed(tags=[f"t{n}" for n in range(MANY)]),
        changed(tags=["same"] * MANY),
        changed(tags=["a::" * 1000 + str(n) for n in range(500)]),
        changed(conf={f"k{n}": n for n in range(MANY)}),
        {"changes": NO_CHANGES, **{f"k{n}": n for n in range(MANY)}},
    ):
        spend("applyChanges", what)


def test_many_rows_of_one_id_and_many_fields(spend):
    spend("applyChunk", {"chunk": {"notes": [note(5)] * MANY}})
    spend("applyChunk", {"chunk": {"notes": [note(5, "\x1f" * 1_000_000)]}})
    spend("applyChunk", {"chunk": {"revlog": [[1, 7, 10, 3, 1, 1, 2500, 900, 1]] * MANY}})
    ids = list(range(MANY))
    spend("applyGraves", {"chunk": {"cards": ids, "notes": ids, "decks": ids}})
    spend("applyGraves", {"chunk": {"cards": [5] * MANY, "notes": [5] * MANY, "decks": [5] * MANY}})
