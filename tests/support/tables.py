# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a collection holds, read from its closed file, and the two ways to compare it.

differences(a, b): two copies of one collection. Equal in every table and column but these, which belong to one side:
    col       ls      last sync, each device's own
    config    usn, mtime_secs   stamps of the copy; the values must agree
    templates usn, mtime_secs   the protocol does not carry them
    tags      usn, collapsed    the protocol carries names only
    graves    usn     a device that is told of a deletion stamps it with its own
    col       usn, and on the official server mod: see docs/differences.md, "A sync without changes"
    sqlite_stat1, sqlite_stat4: ANALYZE's estimates
without_identity(a): the same scenario on another server: what is left when ids, times and usns are numbered or dropped.
"""
import json
import re
import sqlite3

OWN_COLUMNS = {
    "col": {"ls", "usn"},
    "config": {"usn", "mtime_secs"},
    "templates": {"usn", "mtime_secs"},
    "tags": {"usn", "collapsed"},
    "graves": {"usn"},
}
KEYS = {
    "col": ["id"], "notes": ["id"], "cards": ["id"], "revlog": ["id"], "graves": ["oid", "type"], "notetypes": ["id"],
    "fields": ["ntid", "ord"], "templates": ["ntid", "ord"], "decks": ["id"], "deck_config": ["id"], "config": ["KEY"],
    "tags": ["tag"],
}
# Where clients of different versions may differ: keys that one does not know it keeps as JSON beside the others, or drops
# (of a card); what it lacks has a default.
BY_VERSION = [("notetypes", "config"), ("fields", "config"), ("templates", "config"), ("decks", "common"),
              ("deck_config", "config"), ("cards", "data")]
OTHER = 255  # the protobuf field that keeps unknown JSON keys, in random order


def read(path):
    """{table: {key: {column: value}}}; protobuf blobs as canonical()."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.create_collation("unicase", lambda a, b: (a > b) - (a < b))  # never asked to order anything
    connection.row_factory = sqlite3.Row
    tables = {}
    for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        if table.startswith("sqlite_stat"):
            continue
        rows = [dict(row) for row in connection.execute(f"select * from {table}")]
        for row in rows:
            if table != "config":
                row.update({column: canonical(value, column == "kind") for column, value in row.items()
                            if isinstance(value, bytes)})
        name = table.lower()  # old clients write FIELDS
        tables[name] = {tuple(row[part] for part in KEYS[name]): row for row in rows}
    connection.close()
    return tables


def differing(one, two, also_own=(), own_columns=OWN_COLUMNS):
    """(table, key, column, value, other value) per difference; a row that one side lacks has the column None.

    also_own: more ("table", "column") pairs that may differ."""
    for table in sorted(one.keys() | two.keys()):
        own = own_columns.get(table, set()) | {column for name, column in also_own if name == table}
        rows, others = one.get(table, {}), two.get(table, {})
        for key in sorted(rows.keys() | others.keys(), key=str):
            row, other = rows.get(key), others.get(key)
            if row is None or other is None:
                yield table, key, None, row, other
                continue
            for column, value in row.items():
                if column not in own and value != other[column]:
                    yield table, key, column, value, other[column]


def differences(one, two, also_own=()):
    """As differing(), a line of text each."""
    lines = []
    for table, key, column, value, other in differing(one, two, also_own):
        if column:
            lines.append(f"{table} {key} {column}: {value!r} != {other!r}")
        else:
            lines.append(f"{table} {key} only in the {'second' if value is None else 'first'}: {value or other}")
    return lines


def without_identity(tables):
    """Lines of text that two runs of one scenario share, whichever server they ran on."""
    rank = {table: {key[0]: number for number, key in enumerate(sorted(tables[table]), 1)}
            for table in ("notes", "notetypes", "decks", "deck_config")}
    # A client gives the cards of one note their ids in any order.
    cards = sorted(tables["cards"], key=lambda key: (tables["cards"][key]["nid"], tables["cards"][key]["ord"]))
    rank["cards"] = {key[0]: number for number, key in enumerate(cards, 1)}

    def ref(table, number):
        return f"{table}#{rank[table].get(number, '?' if number else 0)}"

    def deck_kind(text):
        return [[kind, [[n, ref("deck_config", v) if kind == 1 and n == 1 else v] for n, v in fields]]
                for kind, fields in text]

    def but(text, *numbers):
        return [field for field in text if field[0] not in numbers]

    lines = []
    for (number,), row in sorted(tables["notes"].items()):
        lines.append((ref("notes", number), ref("notetypes", row["mid"]))
                     + tuple(row[name] for name in ("tags", "flds", "sfld", "csum")))
    for (number,), row in sorted(tables["cards"].items()):
        lines.append((ref("cards", number), ref("notes", row["nid"]))
                     + (ref("decks", row["did"]), ref("decks", row["odid"]))
                     + tuple(row[name] for name in ("ord", "type", "queue", "reps", "lapses", "left", "flags")))
    for (number,), row in sorted(tables["revlog"].items()):
        lines.append(("revlog", ref("cards", row["cid"]), row["ease"], row["type"]))
    for (number,), row in sorted(tables["notetypes"].items()):
        lines.append((ref("notetypes", number), row["name"], row["config"]))
    for (owner, ord), row in sorted(tables["fields"].items()):
        lines.append(("field", ref("notetypes", owner), ord, row["name"], but(row["config"], 9)))
    for (owner, ord), row in sorted(tables["templates"].items()):
        lines.append(("template", ref("notetypes", owner), ord, row["name"], but(row["config"], 8)))
    for (number,), row in sorted(tables["decks"].items()):
        common = but(row["common"], 7)  # milliseconds studied
        lines.append((ref("decks", number), row["name"], common, deck_kind(row["kind"])))
    for (number,), row in sorted(tables["deck_config"].items()):
        lines.append((ref("deck_config", number), row["name"], row["config"]))
    for (key,), row in tables["config"].items():
        if key == "rollover":
            continue  # written by a server at its first session, whenever that is
        value = json.loads(row["val"])
        lines.append(("config", re.sub("[0-9]{7,}", "…", key), type(value).__name__ if is_identity(value) else value))
    lines += [("tag", tag) for (tag,) in sorted(tables["tags"])]
    lines.append(("graves", sorted(kind for _, kind in tables["graves"])))
    return sorted(str(line) for line in lines)


def is_identity(value):
    """Config values that are ids, times, or made of them."""
    return isinstance(value, (int, list)) and any(
        isinstance(number, int) and number > 1_000_000 for number in (value if isinstance(value, list) else [value]))


def canonical(blob, is_kind=False):
    """A protobuf message as [[number, value], …] by number; field 255 as JSON, decks.kind one level deeper."""
    fields, at = [], 0
    while at < len(blob):
        key, at = varint(blob, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(blob, at)
        elif wire == 2:
            size, at = varint(blob, at)
            value, at = blob[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}[wire]
            value, at = blob[at:at + size].hex(), at + size
        fields.append([number, value])
    if is_kind:
        fields[0][1] = canonical(fields[0][1])
    for field in fields:
        if isinstance(field[1], bytes):
            field[1] = json.loads(field[1]) if field[0] == OTHER else field[1].decode("utf-8", "backslashreplace")
    return sorted(fields, key=lambda field: field[0])


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at
