# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uploads that are no collection, or one that does something when it is opened.

Each is answered with the sentence that clients show, or taken without what it brought along; none holds a core or costs
memory; what the user had stays, and an honest upload afterwards is taken.
"""

import random
import tempfile
from pathlib import Path

import pytest

from support.wire import base_collection, open_path

ONE_CARD = "insert into cards values (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')"
ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n"
NUMBERS = "with recursive n(x) as (select 1 union all select x + 1 from n limit {}) "
CORRUPT = b"Your upload was corrupt. Please use Check Database, or restore from backup."
GIB = 1 << 30


def rewritten(*statements, journal="delete"):
    """The base collection after these statements, schema and all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(base_collection(ONE_CARD))
        database = open_path(path)
        database.execute(f"pragma journal_mode = {journal}")
        for statement in statements:
            database.execute(statement)
        database.close()
        return path.read_bytes()


def with_table(name, change, *before):
    """The base collection with the table's SQL rewritten, as only a forger can, after some statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(base_collection(ONE_CARD))
        database = open_path(path)
        for statement in before:
            database.execute(statement)
        database.execute("pragma writable_schema = on")
        ((sql,),) = database.execute("select sql from sqlite_master where name = ?", [name])
        changed = change(sql)
        assert changed != sql
        database.execute("update sqlite_master set sql = ? where name = ?", [changed, name])
        database.close()
        return path.read_bytes()


def patched(*changes):
    data = bytearray(base_collection(ONE_CARD))
    for at, new in changes:
        data[at : at + len(new)] = new
    return bytes(data)


def flipped(seed):
    """A few bytes of the pages are others."""
    data = bytearray(base_collection(ONE_CARD))
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    return bytes(data)


def page_size(size):
    return rewritten(f"pragma page_size = {size}", "vacuum")


def in_wal_mode():
    data = bytearray(base_collection(ONE_CARD))
    data[18:20] = b"\2\2"
    return bytes(data)


BASE = base_collection(ONE_CARD)
REFUSED = {
    "a header alone": lambda: BASE[:100],
    "the first page": lambda: BASE[:4096],
    "all but a page": lambda: BASE[:-4096],
    "all but a byte": lambda: BASE[:-1],
    "twice": lambda: BASE * 2,
    "zeros": lambda: bytes(100_000),
    "a zip": lambda: b"PK\3\4" + bytes(4000),
    "random": lambda: random.Random(1).randbytes(200_000),
    "magic and random": lambda: b"SQLite format 3\0" + random.Random(2).randbytes(200_000),
    "page size 0": lambda: patched((16, b"\0\0")),
    "page size 3": lambda: patched((16, b"\0\3")),
    "reserved bytes 255": lambda: patched((20, b"\xff")),
    "an unknown write version": lambda: patched((18, b"\x09\x09")),
    "a freelist that loops": lambda: patched((32, b"\0\0\0\2\0\0\0\x09")),
    "a freelist outside": lambda: patched((32, b"\x7f\xff\xff\xff\0\0\0\1")),
    "four billion pages": lambda: patched((28, b"\xff\xff\xff\xff")),
    "UTF-16": lambda: patched((56, b"\0\0\0\2")),
    "schema format 9": lambda: patched((44, b"\0\0\0\x09")),
    "no table but its own": lambda: rewritten("drop table cards"),
    "a table that is a view": lambda: rewritten(
        "alter table cards rename to c2", "create view cards as select * from c2"
    ),
    "a view that never ends": lambda: rewritten("drop table graves", f"create view graves as {ENDLESS}"),
    "a table that is virtual": lambda: rewritten(
        "drop table graves", "create virtual table graves using fts5(oid, type, usn)"
    ),
    "a column that is computed": lambda: with_table(
        "graves", lambda sql: sql.replace("usn integer NOT NULL", "usn integer NOT NULL AS (1)")
    ),
    "a check that costs": lambda: with_table(
        "cards",
        lambda sql: sql.replace(
            "did integer NOT NULL", "did integer NOT NULL CHECK (length(hex(zeroblob(900000000))) > 0)"
        ),
    ),
    "a foreign table that computes": lambda: with_table(
        "x",
        lambda sql: "create table x (a integer, b text not null as (hex(zeroblob(a))))",
        "create table x (a integer)",
        f"insert into x {NUMBERS.format(50)} select 400000000 from n",
    ),
    "100,000 tables": lambda: rewritten(
        "pragma writable_schema = on",
        f"insert into sqlite_master {NUMBERS.format(100000)}"
        "select 'table', 't' || x, 't' || x, 2, 'create table t' || x || '(a)' from n",
    ),
    "a schema in a loop": lambda: with_table("cards", lambda sql: "create table cards as select * from cards "),
    "SQL that is no SQL": lambda: with_table("cards", lambda sql: "create table"),
    "a collation that nobody has": lambda: with_table("decks", lambda sql: sql.replace("unicase", "klingon")),
    "a deck that is no protobuf": lambda: rewritten("update decks set kind = x'ffffffffffffffffff'"),
    "a deck nested 100,000 deep": lambda: rewritten(
        "update decks set common = cast(printf('%.*c', 300000, char(123)) as blob)"
    ),
    "a notetype that is text": lambda: rewritten("update notetypes set config = 'x'"),
    "a config value nested 100,000 deep": lambda: rewritten(
        "update config set val = cast(printf('%.*c', 100000, '[') as blob)"
    ),
    "usn of text": lambda: rewritten("update col set usn = 'x'"),
    "usn beyond": lambda: rewritten("update col set usn = 2147483647"),
    "mod of text": lambda: rewritten("update col set mod = 'x'"),
    "two cols": lambda: rewritten(
        "insert into col select 2, crt, mod, scm, ver, dty, usn, ls, conf, models, decks, dconf, tags from col"
    ),
}
TAKEN_WITHOUT = {  # what they bring is dropped, or never asked
    "an endless trigger": lambda: rewritten(
        "create trigger t after insert on cards begin insert into graves select x, 1, 0 from "
        "(with recursive n(x) as (select 1 union all select x + 1 from n) select x from n); end"
    ),
    "a trigger on col": lambda: rewritten("create trigger t after update on col begin delete from cards; end"),
    "an endless view": lambda: rewritten(f"create view v as {ENDLESS}"),
    "an index on an expression": lambda: rewritten("create index x on cards (length(hex(zeroblob(did * 1000))))"),
    "a partial index": lambda: rewritten("create unique index x on cards (did) where queue = 0"),
    "a foreign check": lambda: rewritten(
        "create table x (a check (length(hex(zeroblob(400000000))) > 0))",
        "pragma ignore_check_constraints = on",
        f"insert into x {NUMBERS.format(50)} select x from n",
    ),
    "a foreign virtual table": lambda: rewritten("create virtual table x using fts5(a)", "insert into x values ('y')"),
    "an unknown module": lambda: rewritten(
        "pragma writable_schema = on",
        "insert into sqlite_master values ('table', 'x', 'x', 0, 'create virtual table x using nobody(a)')",
    ),
    "WAL mode": in_wal_mode,
    "pages of 512": lambda: page_size(512),
    "pages of 65536": lambda: page_size(65536),
    "auto_vacuum": lambda: rewritten("pragma auto_vacuum = full", "vacuum"),
    "a foreign key": lambda: rewritten(
        "create table x (c integer references cards(id) on delete cascade)", "insert into x values (7)"
    ),
}


@pytest.fixture(scope="module")
def wire(server):
    return server.login()


@pytest.fixture(autouse=True)
def honest_before_and_after(request, server, wire):
    wire.upload(base_collection(ONE_CARD))
    many = 100 if request.node.get_closest_marker("long") else 1
    spent, peak = server.cpu_seconds(), server.memory_bytes("VmHWM")
    yield
    assert server.cpu_seconds() - spent < 10 * many, "one upload held a core"
    assert server.memory_bytes("VmHWM") - peak < GIB // 8
    wire.upload(base_collection(ONE_CARD))


def a_sync(wire, cards=1):
    """A normal sync that writes a row into every table with a trigger."""
    wire.start()
    wire.done("applyChunk", {"chunk": {"cards": [[8, 5, 1, 0, 100, 10, 0, 0, 1, 1, 2500, 1, 0, 0, 0, 0, 0, ""]]}})
    wire.done("applyGraves", {"chunk": {"cards": [77], "decks": [], "notes": []}})
    answer = wire.done("sanityCheck2", {"client": [[0, 0, 0], cards + 1, 0, 0, 1, 1, 1, 1]})
    assert answer["status"] == "ok", answer
    wire.done("finish", {})


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_collection_is_refused_with_a_sentence(server, wire, what):
    before = server.holds()
    answer = wire.call("upload", REFUSED[what](), skey="")
    assert (answer.status, answer.body) == (200, CORRUPT)
    assert server.holds() == before
    assert wire.meta()["empty"] is False


@pytest.mark.parametrize("what", TAKEN_WITHOUT)
def test_what_would_run_by_itself_does_not_come_in(wire, what):
    wire.upload(TAKEN_WITHOUT[what]())
    a_sync(wire)
    stored = wire.stored()
    assert stored.execute("select count(*) from sqlite_master where type in ('trigger', 'view')").fetchone() == (0,)
    wire.upload(stored_bytes(wire))


def stored_bytes(wire):
    answer = wire.call("download", {})
    assert answer.status == 200
    return answer.body


WRONG_TYPES = [
    (table, column, value)
    for table, columns in {
        "cards": ("did", "ord", "mod", "usn", "due", "ivl", "odid", "data"),
        "notes": ("guid", "mid", "mod", "usn", "tags", "flds", "sfld", "data"),
        "revlog": ("cid", "usn", "ease", "time"),
        "graves": ("usn",),
        "tags": ("usn", "collapsed"),
        "decks": ("mtime_secs", "usn"),
        "notetypes": ("mtime_secs", "usn"),
        "deck_config": ("mtime_secs",),
        "config": ("usn", "mtime_secs"),
    }.items()
    for column in columns
    for value in ("x'ff00'", "'text'", "1e300", "-9223372036854775808", "cast(x'ff' as text)")
]


@pytest.mark.parametrize(
    "values", [WRONG_TYPES[::5], pytest.param(WRONG_TYPES, marks=pytest.mark.long)], ids=["some", "all"]
)
def test_columns_of_odd_types_are_taken_or_refused_and_then_synced_or_refused(wire, values):
    """SQLite keeps any type anywhere. Whatever the check lets pass, later syncs end with a status that clients know."""
    fill = [
        "insert into notes values (5,'guid',1000,1,1,'','F\x1fB','F',0,0,'')",
        "insert into revlog values (1,7,1,1,1,1,1,1,1)",
        "insert into graves values (3,0,1)",
        "insert into tags values ('t',1,0,null)",
    ]
    for table, column, value in values:
        answer = wire.call("upload", rewritten(*fill, f"update {table} set {column} = {value}"), skey="")
        assert answer.status == 200, (table, column, value)
        if answer.body != b"OK":
            assert answer.body == CORRUPT
            continue
        wire.attempt += 1
        for method, content in [
            ("meta", {"v": 11, "cv": "x"}),
            ("start", {"minUsn": 0, "lnewer": False}),
            ("applyChanges", {"changes": {"models": [], "decks": [[], []], "tags": []}}),
            ("chunk", {}),
            ("sanityCheck2", {"client": [[0, 0, 0], 1, 1, 1, 1, 1, 1, 1]}),
            ("download", {}),
        ]:
            status = wire.call(method, content).status
            assert status in (200, 400, 409), (table, column, value, method, status)


@pytest.mark.parametrize("seeds", [25, pytest.param(1000, marks=pytest.mark.long)])
def test_flipped_bytes_are_refused_or_harmless(wire, seeds):
    for seed in range(seeds):
        answer = wire.call("upload", flipped(seed), skey="")
        assert answer.status == 200, seed
        assert answer.body in (b"OK", CORRUPT), seed
        assert wire.call("meta", {"v": 11, "cv": "x"}).status == 200, seed
        assert wire.call("download", {}).status == 200, seed
