# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three devices and every object type of the protocol: made on one, changed on another, removed on the third."""
import pytest

from support.world import settle, sync


@pytest.fixture
def trio(world):
    return world.devices_in_sync("laptop", "phone", "tablet")


def test_notes(trio, agree):
    laptop, phone, tablet = trio
    one, two = laptop.add_notes([
        [["<b>Apfel</b> &amp; Birne", "apple [sound:a.mp3]"], "fruit german::food"],
        [["12", "<img src='zwölf.jpg'>"], ""]])
    sync(laptop, phone, tablet)
    phone.edit_note(one, ["ﬁn\tde\nligne", "日本語"], "fruit Straße")
    tablet.edit_note(two, ["1e5", "numbers sort as numbers"])
    settle(*trio)
    assert laptop.fields(one) == ["ﬁn\tde\nligne", "日本語"]
    tablet.remove_notes([one])
    settle(*trio)
    assert laptop.notes("") == phone.notes("") == [*laptop.notes("first"), two]
    agree()


def test_cards(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[[f"card {n}", "back"], ""] for n in range(8)])
    sync(laptop, phone, tablet)
    cards = phone.cards("card")
    phone.suspend(cards[:1])
    phone.flag(cards[1:2], 3)
    phone.bury(cards[2:3])
    phone.move_cards(cards[3:4], "Elsewhere::Below")
    sync(phone, tablet)
    tablet.set_due(cards[4:6], "5!")
    tablet.reposition(cards[6:8], 100)
    sync(tablet)
    settle(*trio)
    laptop.forget(cards[4:5])
    laptop.flag(cards[1:2], 0)
    settle(*trio)
    assert tablet.cards("is:suspended") == cards[:1]
    agree()


def test_reviews(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[[f"card {n}", "back"], ""] for n in range(4)])
    sync(laptop, phone, tablet)
    cards = laptop.cards("card")
    laptop.answer(cards[:1], 1)
    phone.answer(cards[1:2], 3)
    tablet.answer(cards[2:], 4)
    settle(*trio)
    phone.answer(cards[:1], 2)
    tablet.set_due(cards[1:2], "0")
    settle(*trio)
    laptop.answer(cards[1:2], 1)
    settle(*trio)
    assert laptop.sql("select count(*) from revlog") == phone.sql("select count(*) from revlog") == [[7]]
    agree()


def test_memory_states_of_fsrs(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[["card", "back"], ""]])
    laptop.set_config("fsrs", True)
    sync(laptop, phone)
    phone.answer(phone.cards("card"), 4)
    settle(*trio)
    assert '"s":' in tablet.sql("select data from cards where id = ?", *tablet.cards("card"))[0][0]
    agree()


def test_decks(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_deck("Languages::Français::Verbes")
    laptop.add_deck("Empty")
    sync(laptop, phone, tablet)
    phone.edit_deck("Languages::Français", {"desc": "in **bold**", "md": True, "newLimit": 7})
    phone.collapse_deck("Languages")
    tablet.rename_deck("Languages::Français::Verbes", "Languages::Verbes::ﬁnir")
    settle(*trio)
    laptop.remove_deck("Empty")
    settle(*trio)
    assert phone.deck_names() == ["Default", "Languages", "Languages::Français", "Languages::Verbes",
                                  "Languages::Verbes::ﬁnir"]
    agree()


def test_removing_a_deck_removes_its_cards_everywhere(trio, agree):
    laptop, phone, _ = trio
    laptop.add_notes([[["one", ""], ""], [["two", ""], ""]], deck="Doomed::Below")
    settle(*trio)
    phone.remove_deck("Doomed")
    sync(phone)
    settle(*trio)
    assert (laptop.deck_names(), len(laptop.notes(""))) == (["Default"], 1)
    agree()


def test_filtered_decks(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[[f"card {n}", "back"], "cram"] for n in range(4)])
    sync(laptop, phone, tablet)
    phone.add_filtered_deck("Cram", "tag:cram")
    sync(phone, tablet, laptop)
    assert len(laptop.cards("deck:Cram")) == 4
    tablet.answer(tablet.cards("deck:Cram")[:1], 4)
    settle(*trio)
    laptop.empty("Cram")
    settle(*trio)
    phone.rebuild("Cram")
    settle(*trio)
    tablet.remove_deck("Cram")
    settle(*trio)
    assert laptop.deck_names() == ["Default"]
    agree()


def test_presets(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_preset("Hard")
    laptop.add_deck("Verbs")
    laptop.use_preset("Verbs", "Hard")
    sync(laptop, phone, tablet)
    phone.edit_preset("Hard", {
        "new.perDay": 7, "new.delays": [1.5, 15], "rev.maxIvl": 1000, "lapse.leechAction": 0, "autoplay": False,
        "desiredRetention": 0.85, "easyDaysPercentages": [1, 1, 1, 1, 1, 0.5, 0],
        "unknown to Anki": {"kept": [1, 2.5]}})
    sync(phone, tablet)
    tablet.edit_preset("Default", {"rev.perDay": 99})
    settle(*trio)
    agree()


def test_notetypes(trio, agree):
    laptop, phone, tablet = trio
    laptop.add_notetype("Verb", ["Infinitive", "Past", "Perfect"], [
        ["Forwards", "{{Infinitive}}", "{{Past}} {{Perfect}}"], ["Backwards", "{{Past}}", "{{Infinitive}}"]])
    laptop.add_notes([[["gehen", "ging", "gegangen"], ""]], notetype="Verb")
    sync(laptop, phone, tablet)
    phone.edit_notetype("Verb", {"css": ".card { color: #c0ffee; }", "unknown to Anki": [None, 1e300]},
                        template={"qfmt": "{{Infinitive}} …", "bqfmt": "{{Past}}"},
                        field={"name": "Infinitiv", "rtl": True, "size": 33, "description": "Grundform"})
    sync(phone, tablet)
    tablet.edit_notetype("Verb", {"name": "Verb (deutsch)"})
    settle(*trio)
    assert laptop.sql("select name from notetypes where name like 'Verb%'") == [["Verb (deutsch)"]]
    agree()


@pytest.mark.parametrize("notetype, fields, cards", [
    ("Basic (and reversed card)", ["front", "back"], 2),
    ("Basic (optional reversed card)", ["front", "back", "yes"], 2),
    ("Basic (type in the answer)", ["front", "back"], 1),
    ("Cloze", ["{{c1::one}} {{c2::two}} {{c2::again}}", ""], 2),
    ("Image Occlusion", ["{{c1::image-occlusion:rect:left=.1:top=.1:width=.1:height=.1}}", "i.png", "", "", ""], 1)])
def test_every_stock_notetype(world, agree, notetype, fields, cards):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    note, = laptop.add_notes([[fields, ""]], notetype=notetype)
    sync(laptop, phone)
    assert len(phone.cards(f"nid:{note}")) == cards
    phone.edit_note(note, [fields[0] + " edited", *fields[1:]])
    sync(phone, laptop)
    agree()


def test_tags(trio, agree):
    laptop, phone, tablet = trio
    one, two = laptop.add_notes([[["one", ""], "Fruit::Apple"], [["two", ""], "fruit::pear ÜBER"]])
    sync(laptop, phone, tablet)
    phone.rename_tag("ÜBER", "über::all")
    phone.add_tags([one], "new fruit::apple::green")
    phone.collapse_tag("Fruit")
    sync(phone, tablet)
    tablet.remove_tag("new")
    settle(*trio)
    assert laptop.sql("select tags from notes where id = ?", two) == [[" fruit::pear ÜBER::all "]]
    # A tag without notes stays on the devices that knew it: removals do not travel. A full sync evens that out.
    laptop.change("delete from tags")
    laptop.upload()
    phone.download()
    tablet.download()
    agree()


def test_configuration(trio, agree):
    laptop, phone, tablet = trio
    laptop.set_config("ours", {"deep": [1, 2.5, None, True, "é\u0000"], "big": 12345678901234567})
    laptop.set_config("doomed", 1)
    settle(*trio)
    assert tablet.get_config("ours") == {"deep": [1, 2.5, None, True, "é\u0000"], "big": 12345678901234567}
    phone.set_config("ours", "replaced")
    phone.remove_config("doomed")
    sync(phone, laptop, tablet)
    assert (laptop.get_config("ours"), laptop.get_config("doomed")) == ("replaced", None)
    agree()


def test_the_day_a_collection_began(trio, agree):
    laptop, phone, tablet = trio
    laptop.change("update col set crt = crt - 86400 * 100")
    sync(laptop, phone, tablet)
    for device in trio:
        device.close()  # today is worked out when a collection is opened
    assert laptop.today() == phone.today() == tablet.today() == 100
    agree()


def test_graves_of_every_kind_reach_a_device_that_was_away_for_long(trio, agree):
    laptop, phone, tablet = trio
    notes = laptop.add_notes([[[f"note {n}", ""], ""] for n in range(6)], deck="Old")
    laptop.add_filtered_deck("Cram", "deck:Old")
    settle(*trio)
    for number, note in enumerate(notes[:3]):
        (laptop, phone)[number % 2].remove_notes([note])
        sync(laptop, phone)
    laptop.remove_deck("Cram")
    sync(laptop, phone)
    laptop.remove_deck("Old")
    sync(laptop, phone)
    assert len(tablet.notes("")) == 7
    settle(*trio)
    assert len(tablet.notes("")) == 1
    agree()


@pytest.mark.parametrize("count", [249, 250, 251, 504])
def test_changes_about_the_size_of_a_chunk(world, agree, count):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    notes = laptop.add_notes([[[f"note {n}", ""], ""] for n in range(count)])
    sync(laptop, phone)
    phone.answer(phone.cards("")[:3], 3)
    phone.remove_notes(notes[:-1])
    sync(phone, laptop)
    assert len(laptop.notes("")) == 2
    agree()
