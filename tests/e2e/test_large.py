# SPDX-License-Identifier: AGPL-3.0-or-later
"""20,000 notes in fifteen scripts and languages, by full sync and by normal sync."""
import pytest

from support.words import words
from support.world import settle, sync

COUNT = 20_000


@pytest.fixture(scope="module")
def notes():
    return [[[word, f"<i>{word}</i> ({language})"], f"{language} len{len(word)}"] for language, word in words(COUNT)]


def test_twenty_thousand_notes_by_full_sync_and_a_day_of_work_on_them(world, agree, notes):
    laptop, phone = world.device("laptop"), world.device("phone")
    laptop.add_notes(notes, deck="Words")
    laptop.upload()
    phone.download()
    phone.answer(phone.cards("tag:german or tag:kanji")[:200], 3)
    laptop.add_tags(laptop.notes("tag:french"), "français::liste")
    sync(phone, laptop)
    laptop.remove_notes(laptop.notes("tag:emoji"))
    phone.suspend(phone.cards("tag:bulgarian"))
    settle(laptop, phone)
    assert len(phone.notes("")) == COUNT - COUNT // 50
    agree()


def test_twenty_thousand_notes_by_normal_sync(world, agree, notes):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    laptop.add_notes(notes, deck="Words")
    settle(laptop, phone)
    assert len(phone.notes("")) == COUNT + 1
    phone.remove_notes(phone.notes("tag:ukrainian or tag:thai"))
    settle(phone, laptop)
    agree()
