# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clients before 2.1.57, which speak protocol 10 and full-sync files of schema 11, alone and beside the newest."""
import pytest

from support import tables
from support.world import settle, sync

VERSIONS = ["2.1.50", *(pytest.param(version, marks=pytest.mark.long) for version in ("2.1.45", "2.1.54", "2.1.56"))]

@pytest.fixture(params=VERSIONS)
def old_version(request):
    return request.param


@pytest.fixture
def fleet(world, old_version):
    """An old laptop, an old desktop and a new phone, in sync. The collection is the phone's: new clients will not answer
    cards under the scheduler that old ones begin with."""
    laptop, desktop = world.device("laptop", old_version), world.device("desktop", old_version)
    phone = world.device("phone")
    phone.add_notes([[["first", "erste"], "a"]])
    phone.upload()
    for device in (laptop, desktop):
        assert device.sync() == "download"
        device.download()
    settle(laptop, desktop, phone)
    return laptop, desktop, phone


@pytest.fixture
def agree(world):
    """The end of a scenario: every device, and a new one of each kind that downloads, hold the same."""

    def agree(old, *others):
        settle(old, *others)
        newcomers = [world.device("old newcomer", old.version), world.device("newcomer")]
        for newcomer in newcomers:
            newcomer.download()
        for device in (*others, *newcomers):
            found = world.differences(old, device, also_own=tables.BY_VERSION)
            assert not found, f"{old.name} and {device.name} differ:\n" + "\n".join(found[:40])
        assert old.check_database() == []

    return agree


def test_a_collection_that_an_old_client_began(world, old_version, agree):
    laptop = world.device("laptop", old_version)
    laptop.add_notes([[["first", "erste"], "a"]], deck="Languages::German")
    assert laptop.sync() == "upload"
    laptop.upload()
    desktop, phone = world.device("desktop", old_version), world.device("phone")
    for device in (desktop, phone):
        assert device.sync() == "download"
        device.download()
        assert device.sync() == "no changes"
    phone.add_notes([[["second", ""], ""]])
    agree(laptop, desktop, phone)


def test_an_old_client_may_replace_the_collection(fleet, agree):
    laptop, desktop, phone = fleet
    assert [device.status() for device in fleet] == ["no changes"] * 3
    laptop.add_notes([[["from the laptop", ""], ""]], deck="Languages::German")
    laptop.upload()
    for device in (desktop, phone):
        assert device.sync() == "full"
        device.download()
        assert len(device.notes("")) == 2
    agree(*fleet)


def test_what_was_uploaded_is_what_is_downloaded(fleet, world):
    laptop, desktop, _ = fleet
    assert world.differences(laptop, desktop, also_own=tables.BY_VERSION) == []


def test_every_kind_of_object_goes_both_ways(fleet, agree):
    laptop, desktop, phone = fleet
    for device, other in ((laptop, phone), (phone, laptop)):
        name = f"{device.name} {device.version}"
        one, two, three = device.add_notes([[[f"{name} {n}", "<b>x</b> &amp; y"], f"tag::{n}"] for n in range(3)],
                                           deck=f"Decks::{name}")
        device.add_preset(name)
        device.use_preset(f"Decks::{name}", name)
        settle(device, other, desktop)
        cards = other.cards(f'"deck:Decks::{name}"')
        other.edit_note(one, [f"edited beside {name}", "日本語"], "Straße")
        other.remove_notes([three])
        other.answer(cards[:1], 3)
        other.flag(cards[1:2], 3)
        other.suspend(cards[1:2])
        other.edit_preset(name, {"new.perDay": 7, "lapse.mult": 0.5})
        other.edit_deck(f"Decks::{name}", {"desc": f"by {other.name}"})
        other.edit_notetype("Basic", {"css": f".card {{ /* {name} */ }}"})
        other.set_config("from " + other.name, {"number": 1.5, "text": "ü"})
        settle(other, device, desktop)
        assert device.fields(one) == [f"edited beside {name}", "日本語"]
        assert device.preset(name)["new"]["perDay"] == 7
        assert device.get_config("from " + other.name) == {"number": 1.5, "text": "ü"}
        assert device.deck(f"Decks::{name}")["desc"] == f"by {other.name}"
        device.remove_deck(f"Decks::{name}")
        settle(device, other, desktop)
        assert other.notes("tag:tag::*") == []
    agree(*fleet)


def test_filtered_decks(fleet, agree):
    laptop, desktop, phone = fleet
    laptop.add_notes([[[f"card {n}", "back"], "cram"] for n in range(4)])
    laptop.add_filtered_deck("Cram", "tag:cram")
    settle(*fleet)
    assert len(phone.cards("deck:Cram")) == 4
    phone.answer(phone.cards("deck:Cram")[:1], 4)
    settle(*fleet)
    desktop.empty("Cram")
    settle(*fleet)
    assert phone.cards("deck:Cram") == []
    agree(*fleet)


def test_the_later_edit_wins_wherever_it_was_made(fleet, agree):
    laptop, _, phone = fleet
    note, = laptop.notes("first")
    laptop.edit_note(note, ["by the laptop", ""])
    phone.edit_note(note, ["by the phone", ""])
    laptop.change("update notes set mod = mod + 10 where id = ?", note)
    sync(phone, laptop, phone)
    assert phone.fields(note) == laptop.fields(note) == ["by the laptop", ""]
    agree(*fleet)


@pytest.mark.ours
@pytest.mark.parametrize("first", ["laptop", "phone"])
def test_two_decks_of_one_name_end_with_the_same_names_everywhere(fleet, agree, first):
    laptop, _, phone = fleet
    laptop.add_notes([[["one", ""], ""]], deck="Foo::Below")
    phone.add_notes([[["two", ""], ""]], deck="foo::below")
    sync(*((laptop, phone) if first == "laptop" else (phone, laptop)))
    settle(*fleet)
    assert laptop.deck_names() == phone.deck_names()
    agree(*fleet)


def test_an_old_client_may_be_updated(fleet, world, agree):
    laptop, _, phone = fleet
    laptop.add_notes([[["before", ""], ""]])
    laptop.quit()
    laptop.version = phone.version
    sync(laptop, phone)
    assert len(phone.notes("before")) == 1
    assert world.differences(laptop, phone, also_own=tables.BY_VERSION) == []


def test_media(fleet):
    laptop, desktop, phone = fleet
    assert laptop.add_media("größe.txt", "from the laptop") == "größe.txt"
    assert phone.add_media("two.txt", "from the phone") == "two.txt"
    for device in (laptop, phone, desktop, laptop):
        device.sync_media()
    files = {"größe.txt": "from the laptop", "two.txt": "from the phone"}
    assert [device.media() for device in fleet] == [files] * 3
    desktop.remove_media(["two.txt"])
    for device in (desktop, phone, laptop):
        device.sync_media()
    del files["two.txt"]
    assert [device.media() for device in fleet] == [files] * 3
