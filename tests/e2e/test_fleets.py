# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several devices of one person where the official server ends their syncs, wakes them for nothing or leaves them apart
for ever (docs/differences.md): ours does not."""
import shutil

import pytest

from support import tables
from support.device import NEWEST, ClientError
from support.gate import Gate
from support.world import settle, sync

pytestmark = pytest.mark.ours

START = 2  # the number of the call


@pytest.fixture
def trio(world):
    return world.devices_in_sync("laptop", "phone", "tablet")


@pytest.fixture
def gate(world, trio):
    """The laptop's way to the server."""
    gate = Gate(world.server.port)
    trio[0].go_through(gate.url)
    yield gate
    gate.close()


@pytest.mark.parametrize("call", range(START, 9))
def test_another_devices_status_check_disturbs_no_sync(trio, gate, agree, call):
    laptop, phone, _ = trio
    laptop.remove_notes(laptop.notes("first"))  # so that all eight calls are made
    laptop.add_notes([[["laptop's", ""], ""]])
    gate.stop_at(call, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    assert (phone.status(), phone.sync()) == ("no changes", "no changes")
    gate.go_on()
    assert laptop.end() == "no changes"
    agree()


def test_a_change_between_meta_and_start_reaches_everybody_configuration_included(world, trio, gate):
    laptop, phone, tablet = trio
    for device in (phone, laptop):  # the laptop's is the later one
        device.add_notes([[[f"{device.name}'s", ""], ""]], deck=f"{device.name}'s")
        device.set_config("key", f"{device.name}'s")
    gate.stop_at(START, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    sync(phone, tablet)
    gate.go_on()
    assert laptop.end() == "no changes"
    settle(*trio)
    assert [device.get_config("key") for device in trio] == ["phone's"] * 3
    assert [len(device.notes("")) for device in trio] == [3] * 3
    usns = {(table, "usn") for table in ("notes", "cards", "decks")}  # the laptop's are those that meta had said
    assert world.differences(laptop, phone, usns) == world.differences(phone, tablet) == []
    assert [device.check_database() for device in trio] == [[]] * 3


def test_an_upload_between_meta_and_start_ends_in_the_choice_of_a_full_sync(trio, gate, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[["laptop's", ""], ""]])
    gate.stop_at(START, "request")
    laptop.begin("sync")
    gate.wait_stopped()
    phone.add_field("Basic", "Extra")
    phone.upload()
    gate.go_on()
    with pytest.raises(ClientError) as refusal:
        laptop.end()
    assert str(refusal.value).startswith("Only one copy of Anki can sync to your account at once.")
    assert laptop.sync() == tablet.sync() == "full"
    laptop.download()
    tablet.download()
    agree()


def woken(*devices):
    return [device.name for device in devices if device.status() != "no changes"]


def test_idle_devices_do_not_wake_one_another(world, trio, gate):
    laptop, phone, tablet = trio
    phone.set_config("key", "value")
    settle(*trio)
    assert woken(*trio) == []
    gate.passed = []
    sync(laptop)
    assert gate.passed == ["meta"]

    late = world.device("late")
    late.download()
    assert woken(*trio, late) == []

    phone.set_config("key", "value")  # as it was
    sync(phone)
    assert woken(laptop, tablet, late) == []


def test_a_sync_made_again_since_its_last_answer_was_lost_wakes_nobody(trio, gate, agree):
    laptop, phone, tablet = trio
    laptop.add_notes([[["laptop's", ""], "tag"]], deck="Deck")
    laptop.add_preset("Preset")
    laptop.answer(laptop.cards("deck:Deck"), 3)
    gate.stop_at(7, "answer")  # that of finish: there is no deletion to send
    laptop.begin("sync")
    gate.wait_stopped()
    assert gate.passed[-1] == "finish"
    laptop.kill()
    gate.cut()
    sync(phone, tablet)
    assert woken(laptop) == ["laptop"]
    sync(laptop)
    assert woken(*trio) == []


@pytest.fixture(params=[NEWEST, "2.1.56"])
def mixed(world, request):
    """A laptop of either protocol and a phone, in sync with what the phone began, two decks and two notetypes in it."""
    laptop, phone = world.device("laptop", request.param), world.device("phone")
    for name in ("One", "Two"):
        phone.add_notetype(name, ["Front"], [["Card", "{{Front}}", name]])
        phone.add_notes([[[f"in {name}"], ""]], deck=f"{name}::Below", notetype=name)
    phone.upload()
    laptop.download()
    settle(laptop, phone)
    return laptop, phone


def names(device):
    return {table: device.sql(f"select id, name from {table} order by id") for table in ("decks", "notetypes")}


def agree_on_names(world, *devices):
    """Everybody after the next sync, and a new device of each kind."""
    settle(*devices)
    newcomer = world.device("newcomer")
    newcomer.download()
    for device in devices:
        assert names(device) == names(newcomer), device.name
        found = world.differences(device, newcomer, [*tables.BY_VERSION, ("decks", "kind")])
        assert found == []


def take_turns(first, laptop, phone):
    sync(*((laptop, phone) if first == "laptop" else (phone, laptop)))


@pytest.mark.parametrize("first", ["laptop", "phone"])
def test_two_objects_of_one_name_end_with_the_same_names_everywhere(world, mixed, first):
    laptop, phone = mixed
    laptop.add_notes([[["laptop's", ""], ""]], deck="Straße::Child::Deep")
    phone.add_notes([[["phone's", ""], ""]], deck="STRASSE::child::deep")
    laptop.add_notetype("Verb", ["Infinitive", "Past"], [["Card", "{{Infinitive}}", "{{Past}}"]])
    phone.add_notetype("verb", ["Infinitive"], [["Card", "{{Infinitive}}", ""]])
    take_turns(first, laptop, phone)
    agree_on_names(world, laptop, phone)
    assert sum("+" in name for _, name in names(phone)["decks"]) == 3
    assert sum("+" in name for _, name in names(phone)["notetypes"]) == 1


@pytest.mark.parametrize("first", ["laptop", "phone"])
def test_names_that_one_device_swaps_while_the_other_takes_one_of_them(world, mixed, first):
    laptop, phone = mixed
    for old, new in (("One", "Between"), ("Two", "One"), ("Between", "Two")):
        laptop.rename_deck(old, new)
        laptop.edit_notetype(old, {"name": new})
    phone.rename_deck("One", "two+")
    phone.add_deck("Between")
    take_turns(first, laptop, phone)
    agree_on_names(world, laptop, phone)
    assert len({name.casefold() for _, name in names(phone)["decks"]}) == len(names(phone)["decks"])


def test_names_swapped_on_one_device_end_the_same_everywhere(world, mixed):
    laptop, phone = mixed
    for old, new in (("One", "Between"), ("Two", "One"), ("Between", "Two")):
        laptop.rename_deck(old, new)
        laptop.edit_notetype(old, {"name": new})
    sync(laptop, phone)
    agree_on_names(world, laptop, phone)


def test_devices_ahead_of_a_file_that_was_put_back_are_asked_for_a_full_sync(world, trio, tmp_path, agree):
    laptop, phone, tablet = trio
    path = world.server.collection(world.user).resolve()
    world.server.stop()
    shutil.copyfile(path, tmp_path / "backup")
    world.server.start()
    for number in range(3):
        laptop.add_notes([[[f"since the backup {number}", ""], ""]])
        sync(laptop, phone)
    world.server.stop()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup", path)
    world.server.start()
    for device in (laptop, phone):
        with pytest.raises(ClientError):
            device.sync()
        assert device.sync() == "full"
    assert tablet.sync() == "no changes"  # it was away all the time
    laptop.upload()
    for device in (phone, tablet):
        assert device.sync() == "full"
        device.download()
    assert len(tablet.notes("")) == 4
    agree()
