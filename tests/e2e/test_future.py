# SPDX-License-Identifier: AGPL-3.0-or-later
"""What clients will add some day, and this server and today's clients do not know, is kept."""
import json

import pytest

from support import tables
from support.servers import USERS
from support.wire import NO_CHANGES, Wire, frame
from support.world import settle, sync

NEW = {"text": "ü", "list": [1, 2.5, None, True], "deep": {"of": {"it": {}}}}


@pytest.fixture
def pair(world):
    return world.devices_in_sync("laptop", "phone")


def members(device):
    """Every place where a client may put a new member."""
    notetype, deck, preset = device.notetype("Basic"), device.deck("Deck"), device.preset("Preset")
    places = {"notetype": notetype, "field": notetype["flds"][0], "template": notetype["tmpls"][0], "deck": deck,
              "preset": preset} | {part: preset[part] for part in ("new", "rev", "lapse")}
    return {place: held.get("from the future") for place, held in places.items()}


def add_members(device):
    device.edit_notetype("Basic", *[{"from the future": NEW}] * 3)
    device.edit_deck("Deck", {"from the future": NEW})
    device.edit_preset("Preset", {key: NEW for key in (
        "from the future", "new.from the future", "rev.from the future", "lapse.from the future")})


def everywhere(value):
    return dict.fromkeys(("notetype", "field", "template", "deck", "preset", "new", "rev", "lapse"), value)


@pytest.mark.parametrize("client", ["2.1.50", "2.1.66", "26.9.3"])
def test_unknown_members_of_every_object_reach_every_device_and_survive_their_edits(world, pair, client):
    laptop, phone = pair
    other = world.device("other", client)
    laptop.add_deck("Deck")
    laptop.add_preset("Preset")
    sync(laptop)
    other.download()
    add_members(laptop)
    sync(laptop, other, phone)
    assert members(phone) == members(other) == everywhere(NEW)
    other.edit_notetype("Basic", {"css": "edited"}, {"qfmt": "{{Front}} …"}, {"rtl": True})
    other.edit_deck("Deck", {"desc": "edited"})
    other.edit_preset("Preset", {"new.perDay": 7, "rev.perDay": 8, "lapse.mult": 0.5})
    sync(other, phone)
    assert phone.preset("Preset")["new"]["perDay"] == 7
    assert members(phone) == everywhere(NEW)
    newcomer = world.device("newcomer", client)
    newcomer.download()
    assert members(newcomer) == everywhere(NEW)
    newcomer.change("update col set scm = scm + 1")
    newcomer.upload()  # from an old one it is a file of schema 11
    phone.download()
    assert members(phone) == everywhere(NEW)


UNKNOWN_FIELD = bytes.fromhex("c23e03") + b"new"  # number 1000, a text


def test_unknown_protobuf_fields_of_an_uploaded_file_are_downloaded_again(world, pair):
    laptop, phone = pair
    laptop.add_notes([[["one", ""], ""]], deck="Deck")
    blobs = [("notetypes", "config"), ("fields", "config"), ("templates", "config"), ("decks", "common"),
             ("deck_config", "config")]
    for table, column in blobs:
        laptop.change(f"update {table} set {column} = cast({column} || x'{UNKNOWN_FIELD.hex()}' as blob)")
    laptop.upload()
    phone.download()
    phone.add_notes([[["two", ""], ""]])
    phone.set_config("key", 1)
    settle(phone, laptop)
    newcomer = world.device("newcomer")
    newcomer.download()
    newcomer.close()
    held = tables.read(newcomer.path)
    for table, column in blobs:
        for key, row in held[table].items():
            assert [1000, "new"] in row[column], (table, key)


def test_unknown_configuration_is_kept_to_the_last_digit(pair):
    laptop, phone = pair
    value = {"big": 9007199254740993, "small": 1e-300, "text": "\u2028 é\u0000", "deep": [[[NEW]]]}
    laptop.set_config("from the future", value)
    sync(laptop, phone)
    assert phone.get_config("from the future") == value


def test_unknown_members_of_requests_are_passed_over(world, pair):
    laptop, _ = pair
    wire = Wire(world.server.url)
    wire.login(world.user, USERS[world.user])
    more = {"from the future": NEW}
    meta = wire.done("meta", {"v": 11, "cv": "future", **more})
    wire.done("start", {"minUsn": meta["usn"], "lnewer": False, "graves": None, **more})
    wire.done("applyGraves", {"chunk": {"cards": [], "notes": [], "decks": [], **more}, **more})
    wire.done("applyChanges", {"changes": {**NO_CHANGES, **more}, **more})
    wire.done("chunk", {})
    wire.done("applyChunk", {"chunk": {"done": True, **more}, **more})
    counts = [laptop.sql(f"select count() from {table}")[0][0]
              for table in ("cards", "notes", "revlog", "graves", "notetypes", "decks", "deck_config")]
    assert wire.done("sanityCheck2", {"client": [[0, 0, 0], *counts], **more})["status"] == "ok"
    assert isinstance(wire.done("finish", {}), int)
    assert laptop.sync() == "no changes"


def test_unknown_members_of_the_header_are_passed_over(world):
    wire = Wire(world.server.url)
    wire.login(world.user, USERS[world.user])
    header = json.dumps({"v": 11, "k": wire.key, "c": "future,1,linux", "s": "a", "from the future": NEW})
    assert wire.post("/sync/meta", {"anki-sync": header}, frame(b'{"v":11,"cv":"x"}')).status == 200
