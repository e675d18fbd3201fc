# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who wins, as the tables of docs/protocol.md, section 4, say it: every combination of what two devices did to one object
before either had heard of the other, and whose edit is the later one. Each combination has an object of its own, so that
three syncs, each of them made on the official server too, show them all."""
import itertools
import time

import pytest

from differential.lockstep import LockStep
from support.device import NEWEST

DEEDS = ["nothing", "edit", "delete"]
LATER = {"the first's": (10, 0), "neither": (0, 0), "the second's": (0, 10)}
KINDS = ["note", "card", "deck", "preset", "notetype"]
DELETABLE = {"note", "card", "deck"}  # to delete another kind is a change of the schema

POSITIONS = {"first": 10_001, "second": 10_002}

COMBINATIONS = {
    (kind, first, second, later): f"{kind} {number}"
    for number, (kind, first, second, later) in enumerate(itertools.product(KINDS, DEEDS, DEEDS, LATER))
    if kind in DELETABLE or "delete" not in (first, second)}


def winner(kind, first, second, later):
    """What the first device, the second and the server have in the end: who edited it last, None for a deleted one."""
    if "delete" in (first, second):
        return (None,) * 3
    if first == "nothing" or second == "nothing":
        return ("second" if second == "edit" else "first" if first == "edit" else "",) * 3
    if later != "neither":
        return ("first" if later == "the first's" else "second",) * 3
    # Notes and cards: each device keeps its own, the server what came first. Of the others ours keeps the second one's.
    return ("first", "second", "first") if kind in ("note", "card") else ("second",) * 3


class Objects:
    """The object of each combination on one device; its content is who edited it last."""

    def __init__(self, device):
        self.device = device

    def make(self, name):
        kind = name.split()[0]
        if kind in ("note", "card"):
            self.device.add_notes([[[name, ""], ""]])
        elif kind == "deck":
            self.device.add_deck(name)
        elif kind == "preset":
            self.device.add_preset(name)
        else:
            self.device.add_notetype(name, ["Front"], [["Card", "{{Front}}", ""]])

    def edit(self, name, who):
        kind = name.split()[0]
        if kind == "note":
            self.device.edit_note(self.note(name), [name, who])
        elif kind == "card":
            # Not by a flag, which leaves a card's time of edit as it was.
            self.device.reposition(self.device.cards(f'"front:{name}"'), POSITIONS[who])
        elif kind == "deck":
            self.device.edit_deck(name, {"desc": who})
        elif kind == "preset":
            self.device.edit_preset(name, {"from the test": who})
        else:
            self.device.edit_notetype(name, {"css": who})

    def delete(self, name, _):
        if name.startswith("deck"):
            self.device.remove_deck(name)
        else:
            self.device.remove_notes([self.note(name)])

    def nothing(self, name, _):
        pass

    def content(self, name):
        kind = name.split()[0]
        if kind in ("note", "card"):
            if not self.device.notes(f'"front:{name}"'):
                return None
            if kind == "note":
                return self.device.fields(self.note(name))[1]
            due, = self.device.sql("select due from cards where nid = ?", self.note(name))
            return next((who for who, position in POSITIONS.items() if position == due[0]), "")
        if kind == "deck":
            deck = self.device.deck(name)
            return deck and deck["desc"]
        if kind == "preset":
            return self.device.preset(name).get("from the test", "")
        css = self.device.notetype(name)["css"]
        return css if css in ("first", "second") else ""

    def note(self, name):
        return self.device.notes(f'"front:{name}"')[0]


@pytest.mark.parametrize("leader", ["ours", "official"])
def test_who_wins(tmp_path, leader):
    lock_step = LockStep(tmp_path, leader)
    try:
        first, second, late = [lock_step.add_device(NEWEST) for _ in range(3)]
        clock = int(time.time())
        for name in COMBINATIONS.values():
            Objects(first).make(name)
        first.made_at(clock, clock - 1000, 0)
        for device in (first, second):
            lock_step.sync(device, lambda ways: "download")
        for who, device in (("first", first), ("second", second)):
            for (_, first_did, second_did, later), name in COMBINATIONS.items():
                did = first_did if who == "first" else second_did
                getattr(Objects(device), did)(name, who)
                device.made_at(clock, clock - 500 + LATER[later][who == "second"], 0)
        for device in (first, second, first):
            assert lock_step.sync(device, None) == ["no changes", ""]
        lock_step.download(late)
        if leader == "official":
            return  # that it ended as ours does, step by step, was to be seen
        kept = {combination: tuple(Objects(device).content(name) for device in (first, second, late))
                for combination, name in COMBINATIONS.items()}
        assert kept == {combination: winner(*combination) for combination in COMBINATIONS}
    finally:
        lock_step.close()
