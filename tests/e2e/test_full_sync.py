# SPDX-License-Identifier: AGPL-3.0-or-later
"""What cannot be merged: schema changes, and collections that contradict each other."""
import pytest

from support.device import ClientError
from support.world import settle, sync

CHECK_DATABASE = "Please use the Check Database function, then sync again."


@pytest.fixture
def pair(world):
    return world.devices_in_sync("laptop", "phone")


def set_sort_field(device):
    device.edit_notetype("Basic", keys={"sortf": 1})


SCHEMA_CHANGES = {
    "a field is added": lambda device: device.add_field("Basic", "Extra"),
    "a field is removed": lambda device: device.remove_field("Basic", 1),
    "a template is added": lambda device: device.add_template("Basic", "Backwards", "{{Back}}", "{{Front}}"),
    "the sort field is changed": set_sort_field,
    "a notetype is removed": lambda device: device.remove_notetype("Basic (and reversed card)"),
    "notes change their notetype": lambda device: device.change_notetype(
        device.notes(""), "Basic", "Basic (and reversed card)"),
    "a preset is removed": lambda device: device.remove_preset("Doomed"),
}


@pytest.mark.parametrize("change", SCHEMA_CHANGES)
def test_a_schema_change_is_carried_by_a_full_sync(pair, agree, change):
    laptop, phone = pair
    laptop.add_preset("Doomed")
    settle(laptop, phone)
    SCHEMA_CHANGES[change](laptop)
    assert laptop.sync() == "full"
    laptop.upload()
    assert phone.sync() == "full"
    phone.download()
    phone.add_notes([[["after", ""], ""]], notetype="Cloze")
    sync(phone, laptop)
    agree()


def test_a_schema_change_may_be_given_up_by_downloading(pair, agree):
    laptop, phone = pair
    laptop.add_field("Basic", "Extra")
    phone.add_notes([[["phone's", ""], ""]])
    sync(phone)
    assert laptop.sync() == "full"
    laptop.download()
    assert len(laptop.fields(laptop.notes("first")[0])) == 2
    agree()


def test_changes_that_were_pending_on_the_other_device_can_still_be_kept(pair, agree):
    laptop, phone = pair
    laptop.add_template("Basic", "Backwards", "{{Back}}", "{{Front}}")
    phone.add_notes([[["phone's", ""], ""]])
    assert laptop.sync() == "full"
    laptop.upload()
    assert phone.sync() == "full"
    phone.upload()
    assert laptop.sync() == "full"
    laptop.download()
    assert len(laptop.notes("")) == 2
    agree()


def test_counts_that_differ_are_found_and_cost_nobody_anything(pair, agree):
    laptop, phone = pair
    laptop.add_deck("Never sent")
    laptop.change("update decks set usn = 0 where name = 'Never sent'")
    laptop.add_notes([[["a change", ""], ""]])
    with pytest.raises(ClientError) as failure:
        laptop.sync()
    assert str(failure.value).startswith(CHECK_DATABASE)
    assert phone.sync() == "no changes"
    assert len(phone.notes("")) == 1
    assert laptop.sync() == "full"
    laptop.upload()
    phone.download()
    agree()


def test_a_note_without_its_notetype_is_refused_every_time_and_nothing_of_it_stays(pair, agree):
    laptop, phone = pair
    laptop.add_notetype("Never sent", ["Front", "Back"], [["Card", "{{Front}}", "{{Back}}"]])
    laptop.change("update notetypes set usn = 0 where name = 'Never sent'")
    note, = laptop.add_notes([[["orphan", ""], ""]], notetype="Never sent")
    laptop.add_notes([[["innocent", ""], ""]])
    for _ in range(2):
        with pytest.raises(ClientError) as failure:
            laptop.sync()
        assert str(failure.value).startswith(CHECK_DATABASE)
        assert phone.sync() == "no changes"
    assert len(phone.notes("")) == 1
    laptop.change("update notetypes set usn = -1 where name = 'Never sent'")
    settle(laptop, phone)
    assert phone.fields(note) == ["orphan", ""]
    agree()


def test_a_note_whose_field_count_is_wrong_is_refused(pair):
    laptop, phone = pair
    laptop.change("update notes set flds = ?, usn = -1", "one\x1ftwo\x1fthree")
    with pytest.raises(ClientError) as failure:
        laptop.sync()
    assert str(failure.value).startswith(CHECK_DATABASE)
    assert phone.sync() == "no changes"
    assert laptop.check_database() != []
    assert laptop.sync() == "full"


def test_a_notetype_that_grew_without_a_schema_change_is_refused(pair):
    laptop, phone = pair
    laptop.add_field("Basic", "Extra")
    laptop.change("update col set scm = ?", *phone.sql("select scm from col")[0])
    with pytest.raises(ClientError) as failure:
        laptop.sync()
    assert str(failure.value).startswith(CHECK_DATABASE)
    assert phone.sync() == "no changes"


@pytest.mark.ours
def test_an_upload_whose_check_takes_long_comes_into_force_when_it_is_done(world):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    world.server.restart(ANKISYNCD_LIMITS_UPLOAD_CHECK="1ms")
    laptop.add_notes([[[f"note {number}", "x" * 2000], ""] for number in range(2000)])
    with pytest.raises(ClientError) as told:
        laptop.upload()
    assert "still being checked" in str(told.value)
    outcome = None
    while outcome is None:
        try:
            outcome = laptop.sync()
        except ClientError as error:
            assert "still being checked" in str(error)
    assert outcome == "no changes"
    assert phone.sync() == "full"
    phone.download()
    assert len(phone.notes("")) == 2001
    world.check()
