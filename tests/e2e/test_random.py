# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three devices do things at random and sync at random; in the end they hold the same."""
import itertools
import random

import pytest

from support.world import sync

STEPS = 60
WORDS = ["eins", "zwei", "drei", "vier", "fünf", "日本", "ﬁn", "Straße", "İı", "1.50"]
STAMPED = {"notes": "mod", "cards": "mod", "decks": "mtime_secs", "deck_config": "mtime_secs",
           "notetypes": "mtime_secs"}


class Hand:
    """What a person does: the same for the same seed. Choices go by position, since ids differ from run to run."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.serial = itertools.count()

    def one_of(self, device, table):
        rows = device.sql(f"select id from {table} order by id")
        return [self.random.choice(rows)[0]] if rows else []

    def word(self):
        return f"{self.random.choice(WORDS)} {next(self.serial)}"

    def add_notes(self, device):
        deck = self.random.choice(device.deck_names())
        device.add_notes([[[self.word(), self.word()], self.random.choice(WORDS[:5])] for _ in range(3)], deck=deck)

    def edit_note(self, device):
        for note in self.one_of(device, "notes"):
            device.edit_note(note, [self.word(), self.word()], self.random.choice(["", "a::b", "eins zwei"]))

    def remove_note(self, device):
        device.remove_notes(self.one_of(device, "notes"))

    def answer(self, device):
        device.answer(self.one_of(device, "cards where queue != -1"), self.random.randint(1, 4))

    def suspend(self, device):
        device.suspend(self.one_of(device, "cards"))

    def flag(self, device):
        device.flag(self.one_of(device, "cards"), self.random.randint(0, 7))

    def move_card(self, device):
        device.move_cards(self.one_of(device, "cards"), self.random.choice(device.deck_names()))

    def add_deck(self, device):
        device.add_deck(self.word())

    def rename_deck(self, device):
        device.rename_deck(self.random.choice(device.deck_names()), self.word())

    def edit_preset(self, device):
        device.edit_preset("Default", {"new.perDay": self.random.randint(0, 99), "desiredRetention": 0.9})

    def edit_notetype(self, device):
        device.edit_notetype("Basic", {"css": self.word()})

    def set_config(self, device):
        device.set_config(self.random.choice(WORDS), self.word())


DEEDS = [Hand.add_notes, Hand.edit_note, Hand.edit_note, Hand.remove_note, Hand.answer, Hand.suspend, Hand.flag,
         Hand.move_card, Hand.add_deck, Hand.rename_deck, Hand.edit_preset, Hand.edit_notetype, Hand.set_config]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_whatever_three_devices_do_they_end_up_the_same(world, seed):
    hand = Hand(seed)
    trio = world.devices_in_sync("laptop", "phone", "tablet")
    # Two edits of one object in the same second leave the devices apart, by the protocol's rules. So that the speed of
    # this machine decides nothing, every step has a second of its own, far ahead of the clock.
    second = trio[0].sql("select max(mod) from notes")[0][0] + 100_000
    for step in range(STEPS):
        device = hand.random.choice(trio)
        if hand.random.random() < 0.3:
            sync(device)
            continue
        hand.random.choice(DEEDS)(hand, device)
        for table, column in STAMPED.items():
            device.change(f"update {table} set {column} = ? where usn = -1 and {column} < ?", second + step, second)
    world.check()
