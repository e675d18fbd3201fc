# SPDX-License-Identifier: AGPL-3.0-or-later
"""The core round of every version of the client, beside the newest one: a test per capability, which is a column of
docs/compatibility.md. The tests of a version share one account and come in this order.

--clients all|VERSION,…   instead of a few of them; of all, those that do not install here are not tested
--matrix FILE             where the table goes
"""
import subprocess

import pytest

from support import tables
from support.device import NEWEST, ClientError, client_python
from support.servers import USERS
from support.world import World, settle, sync

pytestmark = pytest.mark.ours


@pytest.fixture(scope="module")
def fleet(version, request, tmp_path_factory):
    """The account's world, a laptop of this version and a phone of the newest one."""
    try:
        client_python(version)
    except subprocess.CalledProcessError:
        if "all" not in (request.config.getoption("--clients") or ""):
            raise
        pytest.skip(f"anki {version} does not install here")
    world = World(tmp_path_factory.mktemp("fleet"), "ours")
    yield world, world.device("laptop", version), world.device("phone")
    world.close()


@pytest.fixture
def both_ways(fleet):
    """Runs scenario(maker, other) with the laptop as the maker, then with the phone; in the end both hold the same."""
    world, laptop, phone = fleet

    def run(scenario):
        for maker, other in ((laptop, phone), (phone, laptop)):
            scenario(maker, other)
            settle(maker, other)
        own = [*tables.BY_VERSION, ("decks", "kind")] if laptop.version != NEWEST else []
        found = world.differences(laptop, phone, own)
        assert not found, "\n".join(found[:40])

    return run


def name_of(device):
    return f"{device.name} {device.version}"


def test_login(fleet):
    world, laptop, _ = fleet
    with pytest.raises(ClientError) as refusal:
        laptop.login(world.user, "wrong", world.server.url)
    assert "incorrect" in str(refusal.value)
    laptop.log_in(world.user, USERS[world.user], world.server.url)
    laptop.status()  # says something else of an old client, but does not raise


def test_upload(fleet):
    _, laptop, phone = fleet
    laptop.add_notes([[["laptop's", "ü"], "a"]], deck="Languages::German")
    assert laptop.sync() == "upload"
    laptop.upload()
    assert laptop.sync() == "no changes"
    assert phone.sync() == "download"
    phone.download()
    assert [phone.fields(note) for note in phone.notes("")] == [["laptop's", "ü"]]


def test_download(fleet):
    """Of a collection that the newest client began: it does not answer cards under the scheduler of old ones."""
    world, laptop, phone = fleet
    phone.quit()
    phone.path.unlink()
    phone.add_notes([[["first", "erste"], "a::b"]], deck="Languages::German")
    assert phone.sync() == "full"
    phone.upload()
    assert laptop.sync() == "full"
    laptop.download()
    assert [laptop.fields(note) for note in laptop.notes("")] == [["first", "erste"]]
    settle(laptop, phone)


def test_notes(both_ways):
    def scenario(maker, other):
        one, two = maker.add_notes([[["<b>Apfel</b> &amp; Birne", "[sound:a.mp3]"], "fruit"], [["12", "日本語"], ""]])
        sync(maker, other)
        other.edit_note(one, ["ﬁn\tde\nligne", "Straße"], "fruit edited")
        sync(other, maker)
        assert (maker.fields(one), maker.fields(two)) == (["ﬁn\tde\nligne", "Straße"], ["12", "日本語"])

    both_ways(scenario)


def test_cards(both_ways):
    def scenario(maker, other):
        maker.add_notes([[[f"card {n}", maker.name], f"cards{maker.name}"] for n in range(4)])
        sync(maker, other)
        cards = other.cards(f"tag:cards{maker.name}")
        other.suspend(cards[:1])
        other.flag(cards[1:2], 3)
        other.move_cards(cards[2:3], "Elsewhere::Below")
        other.set_due(cards[3:], "5")
        sync(other, maker)
        assert maker.cards(f"tag:cards{maker.name} is:suspended") == cards[:1]

    both_ways(scenario)


def test_reviews(both_ways):
    def scenario(maker, other):
        maker.add_notes([[[f"review {n}", ""], f"reviews{maker.name}"] for n in range(3)])
        sync(maker, other)
        for button, card in enumerate(other.cards(f"tag:reviews{maker.name}"), 2):
            other.answer([card], button)
        sync(other, maker)
        assert maker.sql("select * from revlog order by id") == other.sql("select * from revlog order by id")

    both_ways(scenario)


def test_decks(both_ways):
    def scenario(maker, other):
        deck = f"Decks::{name_of(maker)}"
        maker.add_deck(deck)
        sync(maker, other)
        other.edit_deck(deck, {"desc": f"by {other.name}"})
        other.rename_deck(deck, f"{deck}::Ünter")
        sync(other, maker)
        assert maker.deck(f"{deck}::Ünter")["desc"] == f"by {other.name}"

    both_ways(scenario)


def test_filtered_decks(both_ways):
    def scenario(maker, other):
        deck, tag = f"Cram {name_of(maker)}", f"cram{maker.name}"
        maker.add_notes([[[f"filtered {n}", ""], tag] for n in range(3)])
        maker.add_filtered_deck(deck, f"tag:{tag}")
        sync(maker, other)
        assert len(other.cards(f'"deck:{deck}"')) == 3
        other.answer(other.cards(f'"deck:{deck}"')[:1], 3)
        sync(other, maker)
        maker.empty(deck)
        sync(maker, other)
        assert other.cards(f'"deck:{deck}"') == []

    both_ways(scenario)


def test_presets(both_ways):
    def scenario(maker, other):
        preset = name_of(maker)
        maker.add_preset(preset)
        maker.add_deck(f"With preset {preset}")
        maker.use_preset(f"With preset {preset}", preset)
        sync(maker, other)
        other.edit_preset(preset, {"new.perDay": 7, "lapse.mult": 0.5, "unknown to Anki": {"kept": [1, 2.5]}})
        sync(other, maker)
        assert maker.deck(f"With preset {preset}")["conf"] == other.preset(preset)["id"]
        held = maker.preset(preset)
        assert (held["new"]["perDay"], held["lapse"]["mult"], held["unknown to Anki"]) == (7, 0.5, {"kept": [1, 2.5]})

    both_ways(scenario)


def test_notetypes(both_ways):
    def scenario(maker, other):
        name = f"Verb {name_of(maker)}"
        maker.add_notetype(name, ["Infinitive", "Past"], [["Card", "{{Infinitive}}", "{{Past}}"]])
        maker.add_notes([[["gehen", "ging"], ""]], notetype=name)
        sync(maker, other)
        other.edit_notetype(name, {"css": ".card { color: #c0ffee; }", "unknown to Anki": [None, 1.5]},
                            template={"qfmt": "{{Infinitive}} …"}, field={"rtl": True})
        sync(other, maker)
        held = maker.notetype(name)
        assert (held["css"], held["unknown to Anki"]) == (".card { color: #c0ffee; }", [None, 1.5])
        assert (held["tmpls"][0]["qfmt"], held["flds"][0]["rtl"]) == ("{{Infinitive}} …", True)

    both_ways(scenario)


def test_tags(both_ways):
    def scenario(maker, other):
        note, = maker.add_notes([[["tagged", maker.name], "Baum::Apfel"]])
        sync(maker, other)
        other.add_tags([note], f"über::{maker.name}")
        sync(other, maker)
        tags, = maker.sql("select tags from notes where id = ?", note)
        assert sorted(tags[0].split()) == ["Baum::Apfel", f"über::{maker.name}"]

    both_ways(scenario)


def test_configuration(both_ways):
    def scenario(maker, other):
        value = {"deep": [1, 2.5, None, True, "é"], "by": name_of(maker)}
        maker.set_config("key", value)
        sync(maker, other)
        assert other.get_config("key") == value

    both_ways(scenario)


def test_deletions(both_ways):
    def scenario(maker, other):
        maker.add_notes([[[f"doomed {n}", ""], f"doomed{maker.name}"] for n in range(3)], deck=f"Doomed {maker.name}")
        sync(maker, other)
        other.remove_notes(other.notes(f"tag:doomed{maker.name}")[:1])
        sync(other, maker)
        assert len(maker.notes(f"tag:doomed{maker.name}")) == 2
        maker.remove_deck(f"Doomed {maker.name}")
        sync(maker, other)
        assert other.notes(f"tag:doomed{maker.name}") == []
        assert f"Doomed {maker.name}" not in other.deck_names()

    both_ways(scenario)


def test_conflicts(both_ways):
    def scenario(maker, other):
        note, = maker.add_notes([[["edited by both", maker.name], ""]])
        deck = f"Deck of both {maker.name}"
        sync(maker, other)
        maker.edit_note(note, ["the later edit", ""])
        other.edit_note(note, ["the earlier edit", ""])
        maker.change("update notes set mod = mod + 10 where id = ?", note)
        for device in (maker, other):
            device.add_notes([[["in a deck of both", device.name], ""]], deck=deck)
        settle(other, maker)
        assert maker.fields(note) == other.fields(note) == ["the later edit", ""]
        assert maker.deck_names() == other.deck_names() and f"{deck}+" in maker.deck_names()

    both_ways(scenario)


def test_schema_changes(both_ways):
    def scenario(maker, other):
        maker.add_field("Basic", f"Extra {maker.name}")
        assert maker.sync() == "full"
        maker.upload()
        assert other.sync() == "full"
        other.download()
        assert other.notetype("Basic")["flds"][-1]["name"] == f"Extra {maker.name}"

    both_ways(scenario)


def test_media(both_ways):
    def scenario(maker, other):
        name = f"größe {maker.name}.txt"
        maker.add_media(name, "one")
        maker.add_media(f"doomed {maker.name}.txt", "two")
        maker.sync_media()
        other.sync_media()
        assert other.media()[name] == "one"
        other.remove_media([f"doomed {maker.name}.txt"])
        other.sync_media()
        maker.sync_media()
        assert maker.media() == other.media()
        assert f"doomed {maker.name}.txt" not in maker.media()

    both_ways(scenario)


def test_check_database(fleet):
    assert fleet[1].check_database() == []
