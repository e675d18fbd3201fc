# SPDX-License-Identifier: AGPL-3.0-or-later
"""The differences that are meant, by name: docs/differences.md has the reasons. Each rule is as narrow as it can be."""
from support import tables

OBJECTS = {"notetypes", "fields", "templates", "decks", "deck_config"}
BOOKKEEPING = {("rollover",), ("lastUnburied",)}


def other_outcome(outcome, before, ours):
    """The name of the reason why ours may end this sync otherwise than the official server does, or None."""
    def usn(side):
        return side["col"][(1,)]["usn"]

    refused = isinstance(outcome, tuple) and outcome[1] == "OTHER" and ours.server == before.server
    return "a device ahead of a restored server" if refused and usn(before.device) > usn(before.server) else None


def explanation(side, difference, what, before, ours, official, is_old):
    """The name of this difference between ours.<side> and official.<side>, or None.

    what: the client's call; before: the state that both began with; is_old: the client is not the newest."""
    table, key, column, _, _ = difference
    if what == "download" and (side == "server" or (table, column) in (("col", "mod"), ("col", "usn"))):
        return "download changes nothing" if ours.server == before.server else None
    if table == "col" and column == "mod" and what == "sync_answer":
        kept = mod(ours.server) == mod(before.server)
        kept = kept and mod(ours.device) in (mod(before.server), mod(before.device))  # the latter if the answer is lost
        return "a sync without changes" if kept and not changed(before.server, ours.server) else None
    if table not in OBJECTS or not column:
        return None

    def row(state, side):
        return getattr(state, side).get(table, {}).get(key, {})

    if column == "usn":
        everywhere = [row(before, "server"), *(row(state, at) for state in (ours, official) for at in ("server", "device"))]
        own = {"usn", *(name for of, name in tables.BY_VERSION if is_old and of == table)}
        if all(without(own, held) == without(own, everywhere[0]) for held in everywhere):
            return "what was sent before keeps its usn"
    if side == "device":
        here, there = row(ours, "device"), row(ours, "server")
        if here.get(column) == there.get(column) != row(official, "device").get(column):
            return "the loser is told"
        # The same where the official server had left that name with another of the device's objects.
        if table in ("decks", "notetypes") and column in ("name", "mtime_secs"):
            taken = any(held["name"] == there["name"] for other, held in before.device[table].items() if other != key)
            if taken and here["name"].rstrip("+") == there["name"].rstrip("+"):
                return "the loser is told"
        # The same of an old client, which writes in a form of its own.
        same_edit = here.get("mtime_secs") == there.get("mtime_secs")
        return "the loser is told" if is_old and same_edit and (table, column) in tables.BY_VERSION else None
    return None


def without(columns, row):
    return {column: value for column, value in row.items() if column not in columns}


def mod(side):
    return side["col"][(1,)]["mod"]


def changed(before, after):
    own = {("col", "mod"), *((table, "usn") for table in tables.OWN_COLUMNS)}
    return any(difference[0] != "config" or difference[1] not in BOOKKEEPING
               for difference in tables.differing(before, after, own))
