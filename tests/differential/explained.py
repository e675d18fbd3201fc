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


def explanation(side, difference, what, before, ours, official):
    """The name of this difference between ours.<side> and official.<side>, or None.

    what: the client's call; before: the state that both began with."""
    table, key, column, _, _ = difference
    if what == "download" and (side == "server" or (table, column) in (("col", "mod"), ("col", "usn"))):
        return "download changes nothing" if ours.server == before.server else None
    if table == "col" and column == "mod" and what == "sync_answer":
        kept = mod(ours.server) == mod(ours.device) == mod(before.server)
        return "a sync without changes" if kept and not changed(before.server, ours.server) else None
    if side == "device" and table in OBJECTS and column:
        def value(state, side):
            return getattr(state, side).get(table, {}).get(key, {}).get(column)

        told = value(ours, "device") == value(ours, "server") != value(official, "device")
        return "the loser is told" if told else None
    return None


def mod(side):
    return side["col"][(1,)]["mod"]


def changed(before, after):
    own = {("col", "mod"), *((table, "usn") for table in tables.OWN_COLUMNS)}
    return any(difference[0] != "config" or difference[1] not in BOOKKEEPING
               for difference in tables.differing(before, after, own))
