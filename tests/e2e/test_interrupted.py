# SPDX-License-Identifier: AGPL-3.0-or-later
"""Syncs that do not reach their end: a client or the server dies, a person cancels, another device comes between."""
import itertools
import random

import pytest

from support.device import ClientError
from support.gate import Gate
from support.world import settle, sync

CALLS = ["meta", "start", "applyGraves", "applyChanges", "chunk", "applyChunk", "sanityCheck2", "finish"]
FINISHED = (len(CALLS), "answer")  # the server has kept the sync, and the client does not know
POINTS = [point for point in itertools.product(range(1, len(CALLS) + 1), ["request", "answer"]) if point != FINISHED]
ONLY_ONE_COPY = "Only one copy of Anki can sync to your account at once."


@pytest.fixture
def pair(world):
    return world.devices_in_sync("laptop", "phone")


@pytest.fixture
def gate(world, pair):
    """The laptop's way to the server."""
    gate = Gate(world.server.port)
    pair[0].go_through(gate.url)
    yield gate
    gate.close()


def make_changes(laptop, phone, word):
    """Both have something of every kind to send; the notes that the laptop adds are tagged with the word."""
    doomed, = laptop.add_notes([[["doomed", ""], ""]])
    settle(laptop, phone)
    laptop.add_notes([[[f"{word} {number}", ""], word] for number in range(3)], deck=f"Deck {word}")
    laptop.remove_notes([doomed])
    laptop.answer(laptop.cards(f"tag:{word}")[:1], 3)
    laptop.edit_preset("Default", {"new.perDay": len(laptop.notes(""))})
    phone.edit_note(phone.notes("first")[0], ["first", word])
    phone.edit_deck("Default", {"desc": word})
    sync(phone)


def stopped_syncs(laptop, phone, gate):
    """The laptop's sync, stopped at each point in turn: the point, how to call it, the tag of what is at stake."""
    for point in POINTS:
        when = f"killed at {CALLS[point[0] - 1]}, {point[1]}"
        word = f"word{point[0]}{point[1]}"
        make_changes(laptop, phone, word)
        gate.stop_at(*point)
        laptop.begin("sync")
        gate.wait_stopped()
        assert gate.passed == CALLS[:point[0]], when
        yield point, when, word


def break_off(who, world, gate, laptop):
    """What was stopped never arrives: the client dies, or the server, which comes back."""
    if who == "client":
        laptop.kill()
    else:
        world.server.kill()
        world.server.start()
    gate.cut()
    if who == "server":
        with pytest.raises(ClientError):
            laptop.end()


def test_a_client_killed_between_any_two_calls_loses_nothing(world, pair, gate, agree):
    laptop, phone = pair
    for point, when, word in stopped_syncs(laptop, phone, gate):
        laptop.kill()
        gate.cut()
        sync(phone)
        assert phone.notes(f"tag:{word}") == [], when
        settle(laptop, phone)
        assert len(phone.notes(f"tag:{word}")) == 3, when
        assert world.differences(laptop, phone) == [], when
    agree()


def test_a_server_killed_between_any_two_calls_loses_nothing(world, pair, gate, agree):
    laptop, phone = pair
    for point, when, word in stopped_syncs(laptop, phone, gate):
        world.server.kill()
        world.server.start()
        gate.go_on()
        try:
            outcome = laptop.end()
        except ClientError as error:
            outcome = error.kind or error.type
        # After meta the client may notice in time that its connection is gone, and go on by a new one.
        assert outcome in ["OTHER", "NetworkError"] + ["no changes"] * (point == (1, "answer")), when
        sync(phone)
        assert len(phone.notes(f"tag:{word}")) == (3 if outcome == "no changes" else 0), when
        settle(laptop, phone)
        assert world.differences(laptop, phone) == [], when
    agree()


@pytest.mark.parametrize("who", ["client", "server"])
def test_a_sync_whose_last_answer_is_lost_is_made_again_without_harm(world, pair, gate, who):
    laptop, phone = pair
    make_changes(laptop, phone, "word")
    gate.stop_at(*FINISHED)
    laptop.begin("sync")
    gate.wait_stopped()
    break_off(who, world, gate, laptop)
    sync(phone)
    assert len(phone.notes("tag:word")) == 3
    settle(laptop, phone)
    # What the laptop sends again carries a later usn, and the server keeps what it has.
    usns = {(table, "usn") for table in ("notes", "cards", "revlog", "decks", "deck_config")}
    assert world.differences(laptop, phone, usns) == []
    assert laptop.check_database() == phone.check_database() == []


@pytest.mark.parametrize("where", ["request", "answer"])
@pytest.mark.parametrize("who", ["client", "server"])
def test_an_interrupted_upload_happened_or_did_not(world, pair, gate, agree, who, where):
    laptop, phone = pair
    laptop.add_field("Basic", "Extra")
    laptop.add_notes([[["laptop's", "", ""], ""]])
    gate.stop_at(1, where)
    laptop.begin("upload")
    gate.wait_stopped()
    break_off(who, world, gate, laptop)
    if where == "request":
        assert (phone.sync(), laptop.sync()) == ("no changes", "full")
        laptop.upload()
    assert (phone.sync(), laptop.sync()) == ("full", "no changes")
    phone.download()
    assert len(phone.notes("")) == 2
    agree()


@pytest.mark.parametrize("who", ["client", "server"])
def test_an_upload_cut_in_the_middle_of_its_body_changes_nothing(world, pair, gate, agree, who):
    laptop, phone = pair
    laptop.add_field("Basic", "Extra")
    noise = random.Random(1)  # what does not compress
    laptop.add_notes([[[noise.randbytes(2000).hex(), "", ""], ""] for _ in range(500)])
    gate.stop_at(1, "body")
    laptop.begin("upload")
    gate.wait_stopped()
    break_off(who, world, gate, laptop)
    assert (phone.sync(), laptop.sync()) == ("no changes", "full")
    assert len(phone.notes("")) == 1
    laptop.upload()
    assert phone.sync() == "full"
    phone.download()
    assert len(phone.notes("")) == 501
    agree()


@pytest.mark.parametrize("who", ["client", "server"])
def test_an_interrupted_download_changes_nothing(world, pair, gate, agree, who):
    laptop, phone = pair
    phone.add_field("Basic", "Extra")
    phone.upload()
    laptop.add_notes([[["laptop's", ""], ""]])
    gate.stop_at(1, "answer")
    laptop.begin("download")
    gate.wait_stopped()
    break_off(who, world, gate, laptop)
    assert len(laptop.notes("")) == 2
    assert laptop.sync() == "full"
    laptop.download()
    agree()


def test_a_second_device_ends_the_sync_of_the_first(world, pair, gate, agree):
    laptop, phone = pair
    laptop.add_notes([[["laptop's", ""], ""]])
    phone.add_notes([[["phone's", ""], ""]])
    gate.stop_at(4, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    sync(phone)
    gate.go_on()
    with pytest.raises(ClientError) as failure:
        laptop.end()
    assert str(failure.value).startswith(ONLY_ONE_COPY)
    assert len(phone.notes("")) == 2
    settle(laptop, phone)
    assert len(phone.notes("")) == 3
    agree()


@pytest.mark.ours
def test_a_second_device_with_nothing_to_send_leaves_the_first_alone(pair, gate, agree):
    laptop, phone = pair
    laptop.add_notes([[["laptop's", ""], ""]])
    gate.stop_at(4, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    sync(phone)
    gate.go_on()
    assert laptop.end() == "no changes"
    agree()


def test_a_cancelled_sync_can_be_taken_up_again(pair, gate, agree):
    laptop, phone = pair
    laptop.add_notes([[["laptop's", ""], ""]])
    gate.stop_at(4, "request")
    laptop.begin("sync_and_cancel", 0.2)
    gate.wait_stopped()
    with pytest.raises(ClientError) as failure:
        laptop.end()
    assert failure.value.type == "Interrupted"
    gate.go_on()
    assert len(phone.notes("")) == 1
    settle(laptop, phone)
    assert len(phone.notes("")) == 2
    agree()
