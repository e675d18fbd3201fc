# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do to their collections, at random: every kind of object, and names that meet one another.

deed(hand, device): the choices come from hand.random, so that the same step of the same seed does the same again, also
when other steps are left out. Objects are chosen by position, since ids differ from run to run.
"""
import itertools

DECKS = ["Straße", "STRASSE", "strasse", "Foo", "foo", "Foo::Bar", "foo::bar", "FOO::BAR::Baz", "ﬁn", "FIN", "Foo+",
         "Default::Below", "Words"]
NOTETYPES = ["Verb", "verb", "Straße", "STRASSE", "ﬁn", "Basic+", "Cloze"]
FIELDS = ["Front", "Back", "Extra", "Größe", "GRÖSSE", "ﬁn"]
TAGS = ["a", "A", "a::b", "A::B::c", "Straße", "STRASSE::ﬁn", "marked", "leech", "日本", 'quo"ted']
TEXTS = ["eins", "<b>zwei</b> &amp; drei", "[sound:a.mp3]", "1.50", " 12 ", "日本語", "İı ﬁn Straße", "", "a\tb\nc",
         "<img src='größe x.jpg'>", "1e5", "\u2028 &nbsp; \u00a0", "{{c1::one}} {{c2::two}}", "e\u0301 é", "𠮷😀"]
MEDIA = ["größe.png", "a.mp3", "A.mp3", "日本語.jpg", "x y.jpg", "gro\u0308ße.png", "_font.ttf", "b"]
SEARCHES = ["", "is:due", "is:new", "tag:a", "deck:Foo", "Straße"]


class Hand:
    def __init__(self, random):
        self.random = random
        self._serial = itertools.count()

    def some(self, device, table, most):
        """At most that many ids of the table's rows."""
        rows = [row[0] for row in device.sql(f"select id from {table} order by id")]
        return self.random.sample(rows, min(len(rows), self.random.randint(1, most)))

    def one(self, device, table):
        return self.some(device, table, 1)[0]

    def one_of(self, choices):
        """LookupError: there is none."""
        return self.random.choice(choices)

    def text(self):
        return f"{self.one_of(TEXTS)}{next(self._serial)}" if self.random.random() < 0.7 else self.one_of(TEXTS)

    def tags(self):
        return " ".join(self.random.sample(TAGS, self.random.randint(0, 3)))

    def deck(self, device):
        return self.one_of(device.deck_names())

    def filtered_deck(self, device):
        return self.one_of([name for name in device.deck_names() if device.deck(name)["dyn"]])

    def notetype(self, device):
        return self.one_of(device.notetype_names())

    def preset(self, device):
        return self.one_of(device.preset_names())

    def number(self):
        return self.one_of([0, 1, 7, 99, 9999])


# -- notes and their cards


def add_notes(hand, device):
    kind = hand.notetype(device)
    fields = len(device.notetype(kind)["flds"])
    device.add_notes([[[hand.text() for _ in range(fields)], hand.tags()] for _ in range(hand.one_of([1, 2, 3, 90]))],
                     deck=hand.one_of([hand.deck(device), hand.one_of(DECKS)]), notetype=kind)


def edit_note(hand, device):
    for note in hand.some(device, "notes", 3):
        fields = device.fields(note)
        fields[hand.random.randrange(len(fields))] = hand.text()
        device.edit_note(note, fields, hand.tags())


def remove_notes(hand, device):
    device.remove_notes(hand.some(device, "notes", 4))


def change_tags(hand, device):
    device.add_tags(hand.some(device, "notes", 4), hand.tags())


def answer(hand, device):
    device.answer(hand.some(device, "cards where queue >= 0", 3), hand.random.randint(1, 4))


def suspend(hand, device):
    device.suspend(hand.some(device, "cards", 4))


def bury(hand, device):
    device.bury(hand.some(device, "cards", 4))


def flag(hand, device):
    device.flag(hand.some(device, "cards", 4), hand.random.randint(0, 7))


def set_due(hand, device):
    device.set_due(hand.some(device, "cards", 3), hand.one_of(["0", "5!", "3-9", "30"]))


def forget(hand, device):
    device.forget(hand.some(device, "cards", 3))


def reposition(hand, device):
    device.reposition(hand.some(device, "cards", 4), hand.number())


def move_cards(hand, device):
    device.move_cards(hand.some(device, "cards", 4), hand.one_of([hand.deck(device), hand.one_of(DECKS)]))


# -- decks and presets


def add_deck(hand, device):
    device.add_deck(hand.one_of(DECKS))


def rename_deck(hand, device):
    device.rename_deck(hand.deck(device), hand.one_of(DECKS))


def edit_deck(hand, device):
    device.edit_deck(hand.deck(device), hand.one_of([
        {"desc": hand.text()}, {"newLimit": hand.number(), "reviewLimit": None}, {"unknown to Anki": [1, {"a": 2.5}]},
        {"newLimitToday": {"limit": hand.number(), "today": 3}}, {"desiredRetention": 88}, {"md": True}]))


def collapse_deck(hand, device):
    device.collapse_deck(hand.deck(device))


def remove_deck(hand, device):
    device.remove_deck(hand.deck(device))


def add_filtered_deck(hand, device):
    device.add_filtered_deck(hand.one_of([*DECKS, "Cram"]), hand.one_of(SEARCHES))


def rebuild(hand, device):
    device.rebuild(hand.filtered_deck(device))


def empty(hand, device):
    device.empty(hand.filtered_deck(device))


def add_preset(hand, device):
    device.add_preset(hand.one_of(["Hard", "hard", "Default"]))


def edit_preset(hand, device):
    device.edit_preset(hand.preset(device), hand.one_of([
        {"new.perDay": hand.number()}, {"new.delays": [1.5, 15], "lapse.leechAction": 0}, {"desiredRetention": 0.85},
        {"rev.maxIvl": hand.number(), "autoplay": False}, {"unknown to Anki": {"kept": [1, 2.5, None]}},
        {"name": hand.one_of(["Hard", "Renamed"])}, {"easyDaysPercentages": [1, 1, 1, 1, 1, 0.5, 0]},
        {"new.unknown": "kept"}]))


def use_preset(hand, device):
    device.use_preset(hand.deck(device), hand.preset(device))


def remove_preset(hand, device):
    device.remove_preset(hand.preset(device))


# -- notetypes


def add_notetype(hand, device):
    fields = hand.random.sample(FIELDS[:4], hand.random.randint(1, 3))
    device.add_notetype(hand.one_of(NOTETYPES), fields, [
        [f"Card {n}", f"{n} {{{{{fields[0]}}}}}", hand.one_of(["", "answer"])] for n in range(hand.random.randint(1, 2))])


def edit_notetype(hand, device):
    device.edit_notetype(hand.notetype(device), *hand.one_of([
        ({"css": hand.text()},), ({"name": hand.one_of(NOTETYPES)},), ({"unknown to Anki": [None, 1e300]},),
        (None, {"qfmt": "{{" + hand.one_of(FIELDS) + "}}", "bqfmt": hand.text()}), (None, {"name": hand.text() or "x"}),
        (None, None, {"rtl": True, "size": hand.number()}), (None, None, {"name": hand.one_of(FIELDS)}),
        ({"sortf": 1},), (None, None, {"unknown to Anki": {"kept": True}})]))


def add_field(hand, device):
    device.add_field(hand.notetype(device), hand.one_of(FIELDS))


def remove_field(hand, device):
    device.remove_field(hand.notetype(device), hand.one_of([0, 1]))


def add_template(hand, device):
    device.add_template(hand.notetype(device), hand.one_of(["Card 1", "Backwards"]), "{{Back}}", "{{Front}}")


def remove_template(hand, device):
    device.remove_template(hand.notetype(device), hand.one_of([0, 1]))


def change_notetype(hand, device):
    note = hand.one(device, "notes")
    device.change_notetype([note], device.notetype_of(note), hand.notetype(device))


def remove_notetype(hand, device):
    device.remove_notetype(hand.notetype(device))


# -- tags, configuration, days


def rename_tag(hand, device):
    device.rename_tag(hand.one_of(TAGS), hand.one_of(TAGS))


def remove_tag(hand, device):
    device.remove_tag(hand.one_of(TAGS))


def collapse_tag(hand, device):
    device.collapse_tag(hand.one_of(TAGS))


def clear_tags(hand, device):
    device.clear_tags()


def set_config(hand, device):
    device.set_config(hand.one_of(["key", "schlüssel", "_deck_1_x"]),
                      hand.one_of([hand.text(), 1.5, 12345678901234567, None, {"deep": [1, 2.5, True, "é\u0000"]}, 1e300]))


def remove_config(hand, device):
    device.remove_config(hand.one_of(["key", "schlüssel"]))


def turn_fsrs(hand, device):
    device.set_config("fsrs", hand.one_of([True, False]))


def another_day(hand, device):
    device.change("update col set crt = crt - 86400")
    device.close()  # today is worked out when a collection is opened


def forget_that_day_began(hand, device):
    device.set_config("lastUnburied", 0)


# -- media


def add_media(hand, device):
    device.add_media(hand.one_of(MEDIA), hand.text() or "x")


def replace_media(hand, device):
    name = hand.one_of([*device.media()])
    (device.path.parent / "collection.media" / name).write_text(hand.text() + " replaced")


def remove_media(hand, device):
    device.remove_media([hand.one_of([*device.media()])])


# -- the whole


def check_database(hand, device):
    device.check_database()


def package(device):
    """One file that all devices know."""
    return str(device.path.parents[1] / "package.apkg")


def export_package(hand, device):
    device.export_package(package(device), scheduling=hand.one_of([True, False]))


def import_package(hand, device):
    device.import_package(package(device), merge_notetypes=hand.one_of([True, False]),
                          with_scheduling=hand.one_of([True, False]), with_deck_configs=True)


def odd_card(hand, device):
    """What other programs leave behind."""
    column, value = hand.one_of([
        ("data", '{"s":1.23456789,"d":99,"unknown":[1,2]}'), ("data", "no json"), ("data", '{"cd":"{\\"a\\":1}"}'),
        ("due", -5), ("due", 2_000_000_000), ("ivl", 40000), ("factor", 0), ("odue", 1_700_000_000), ("flags", 255),
        ("did", 4711), ("left", 2002), ("queue", -3), ("data", '{"pos":3,"lrt":1700000000,"decay":0.1234}')])
    for card in hand.some(device, "cards", 3):
        device.change(f"update cards set {column} = ?, usn = -1, mod = mod + 1 where id = ?", value, card)


def odd_note(hand, device):
    column, value = hand.one_of([
        ("tags", " a  b\u3000c "), ("tags", "no-blanks"), ("tags", " quo\"ted tab\tbed "), ("guid", "same for all"),
        ("flags", 7), ("data", "something")])
    for note in hand.some(device, "notes", 2):
        device.change(f"update notes set {column} = ?, usn = -1, mod = mod + 1 where id = ?", value, note)


def odd_tag(hand, device):
    device.change("insert or ignore into tags (tag, usn, collapsed) values (?, -1, 0)",
                  hand.one_of(["a::::b", "::x", "two words", "a::straße", "e\u0301", "\u3000", "x\u0007y", "*"]))


def odd_grave(hand, device):
    """Deletions of what is not there, or is still."""
    kind, table = hand.one_of([(0, "cards"), (1, "notes"), (2, "decks")])
    for number in [hand.one(device, table), hand.random.randint(1, 10**12)]:
        if number != 1:
            device.change("insert or replace into graves (oid, type, usn) values (?, ?, -1)", number, kind)


def odd_review(hand, device):
    card = hand.one(device, "cards")
    device.change("insert or ignore into revlog values (?, ?, -1, ?, -600, 0, ?, 99999, ?)",
                  hand.random.randint(1, 10**12), card, hand.random.randint(0, 4), hand.one_of([0, 2500, 70000]),
                  hand.random.randint(0, 5))


def undone(hand, device):
    """Something, taken back; or taken back and done again."""
    hand.one_of(REVERSIBLE)(hand, device)
    device.undo()
    if hand.random.random() < 0.3:
        device.redo()


REVERSIBLE = [add_notes, edit_note, remove_notes, change_tags, answer, suspend, bury, flag, move_cards, add_deck,
              rename_deck, edit_deck, remove_deck, add_filtered_deck, edit_preset, edit_notetype, set_config, rename_tag]

# How often each is done, beside the others.
DEEDS = {
    **dict.fromkeys([add_notes, edit_note, rename_deck, edit_deck, add_deck, edit_preset, edit_notetype, add_notetype,
                     undone], 6),
    **dict.fromkeys([remove_notes, change_tags, answer, flag, move_cards, remove_deck, add_filtered_deck, rebuild,
                     set_config, odd_card, odd_note, odd_tag, odd_grave, odd_review, add_preset, use_preset,
                     add_media, replace_media, remove_media], 3),
    **dict.fromkeys([suspend, bury, set_due, forget, reposition, collapse_deck, empty, rename_tag, remove_tag,
                     collapse_tag, clear_tags, remove_config, turn_fsrs, another_day, forget_that_day_began], 2),
}
# With what costs a full sync, or can.
ALL_DEEDS = DEEDS | {
    **dict.fromkeys([export_package, import_package], 2),
    **dict.fromkeys([add_field, remove_field, add_template, remove_template, change_notetype, remove_notetype,
                     remove_preset, check_database], 1),
}
