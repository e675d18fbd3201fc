# SPDX-License-Identifier: AGPL-3.0-or-later
"""Images and sounds of real clients: what a person puts into one device's folder is in the others' in the end."""
import concurrent.futures
import html
import json
import random
import shutil

import pytest

from support.device import ClientError
from support.media import MediaWire
from support.servers import USERS
from support.world import World, settle

OLDEST = "2.1.45"
oracle = {}  # scenario -> the folder that the official server's devices ended with


@pytest.fixture
def pair(world):
    return world.devices_in_sync("laptop", "phone")


@pytest.fixture
def alike(world, request):
    """The end of a scenario: every device's folder is the same, also a late one's and that of the same scenario's
    devices on the official server, and neither Check Media nor our server finds anything amiss. Answers the names."""

    def alike():
        sync_media(*world.devices, *world.devices)
        late = world.device("late")
        late.download()
        late.sync_media()
        files = late.media_hashes()
        for device in world.devices:
            assert device.media_hashes() == files, device.name
        late.add_notes([[[" ".join(f'<img src="{html.escape(name)}">' for name in files) or "none", ""], ""]])
        settle(late, *world.devices)
        for device in world.devices:
            assert device.check_media() == {"missing": [], "unused": []}, device.name
            assert device.media_hashes() == files, device.name
        scenario = request.node.nodeid.replace(world.server.name, "")
        assert files == oracle.setdefault(scenario, files), "the official server's devices hold other files"
        return sorted(files)

    return alike


def wire_of(world):
    """A device of our own making, of the same account."""
    wire = MediaWire(world.server.url)
    wire.login(world.user, USERS[world.user])
    return wire


def sync_media(*devices):
    for device in devices:
        device.sync_media()


@pytest.fixture
def replicas(tmp_path):
    world = World(tmp_path, "replicas")
    yield world
    world.close()


def sync_media_until_quiet(*devices):
    """A person who is told to sync again does so. Answers how often somebody was told."""
    told = 0
    for _ in range(3):
        for device in devices:
            try:
                device.sync_media()
            except ClientError:
                told += 1
    sync_media(*devices)
    return told


def test_files_follow_what_is_added_replaced_deleted_and_added_again(world, pair, alike):
    laptop, phone = pair
    laptop.put_media({"photo.jpg": "a photo", "sound.mp3": ["la ", 300_000], "old.png": "old", "gone.gif": "gone"})
    assert laptop.add_media("added.svg", "by the client") == "added.svg"
    phone.put_media({"own.jpg": "the phone's own"})
    sync_media(laptop, phone, laptop)
    assert laptop.media_hashes() == phone.media_hashes()
    assert len(phone.media_hashes()) == 6

    phone.put_media({"old.png": "new"})
    phone.unlink_media(["gone.gif"])
    phone.remove_media(["added.svg"])
    sync_media(phone, laptop)
    assert laptop.media()["old.png"] == "new"

    laptop.put_media({"gone.gif": "back with another content", "added.svg": "by the client"})
    sync_media(laptop, phone)
    assert phone.media()["gone.gif"] == "back with another content"
    assert alike() == ["added.svg", "gone.gif", "old.png", "own.jpg", "photo.jpg", "sound.mp3"]


def test_t6_t7_the_references_round_trip(world, pair, alike):
    a, b = pair
    a.put_media({"manual1": "manual1", "manual2": "manual2"})
    a.add_media("auto1", "auto1")
    sync_media(a, b)
    b.put_media({"manual1": "changed1"})
    b.unlink_media(["manual2"])
    sync_media(b, a)
    assert a.media()["manual1"] == "changed1"
    a.unlink_media(["manual1"])
    b.unlink_media(["auto1"])
    sync_media(a, b, a)
    assert a.media() == b.media() == {}
    alike()


def test_t8_t9_what_is_added_or_deleted_twice_takes_one_usn(world, pair):
    wire = wire_of(world)
    for device in pair:
        device.add_media("auto", "same")
    sync_media(pair[0])
    assert wire.upload({"auto": b"same"}) == [1, 1]
    assert wire.usn() == 1
    sync_media(pair[1])
    for device in pair:
        device.unlink_media(["auto"])
    sync_media(pair[0])
    assert wire.upload({"auto": None}) == [1, 2]
    assert wire.usn() == 2
    sync_media(pair[1])


@pytest.mark.parametrize("first, second", [(0, 1), (1, 0)], ids=["laptop first", "phone first"])
def test_t10_of_two_contents_of_one_name_the_first_to_be_synced_stays(world, pair, alike, first, second):
    first, second = pair[first], pair[second]
    first.put_media({"new.jpg": f"new on {first.name}"})
    second.put_media({"new.jpg": f"new on {second.name}"})
    sync_media(first, second, first)
    assert second.media() == {"new.jpg": f"new on {first.name}"}
    first.put_media({"new.jpg": f"changed on {first.name}"})
    second.put_media({"new.jpg": f"changed on {second.name}"})
    sync_media(second, first)
    assert first.media() == {"new.jpg": f"changed on {second.name}"}
    alike()


@pytest.mark.parametrize("deleter, changer", [(0, 1), (1, 0)], ids=["laptop deletes", "phone deletes"])
def test_a_change_beats_a_deletion_whoever_syncs_first(world, pair, alike, deleter, changer):
    deleter, changer = pair[deleter], pair[changer]
    deleter.put_media({"a.jpg": "a", "b.jpg": "b"})
    sync_media(deleter, changer)
    deleter.unlink_media(["a.jpg"])
    changer.put_media({"a.jpg": "a, changed"})
    sync_media(deleter, changer, deleter)
    deleter.unlink_media(["b.jpg"])
    changer.put_media({"b.jpg": "b, changed"})
    sync_media(changer, deleter)
    assert deleter.media() == {"a.jpg": "a, changed", "b.jpg": "b, changed"}
    alike()


def test_what_both_add_or_both_delete_is_no_conflict(world, pair, alike):
    for device in pair:
        device.put_media({"same.jpg": "same", "both.jpg": "both"})
    sync_media(*pair)
    for device in pair:
        device.unlink_media(["both.jpg"])
    sync_media(*pair)
    assert alike() == ["same.jpg"]


def test_names_of_every_kind(world, pair, alike):
    laptop, phone = pair
    names = ["größe.png", "ΛΆΘΟΣ.png", "日本語.mp3", "🎉 party.gif", "A.jpg", "a.jpg", "x" * 116 + ".jpg", "é" * 58 + ".jpg",
             ".hidden", "_meta", "0", "con-.jpg", "100 % & +;'!.jpg"]
    laptop.put_media({name: f"content of {name}" for name in names})
    sync_media(laptop, phone)
    assert sorted(phone.media()) == sorted(names)

    assert laptop.add_media("con.jpg", "device") == "con_.jpg"
    assert laptop.add_media("e\u0301clair.jpg", "decomposed") == "éclair.jpg"
    assert laptop.add_media("y" * 240 + ".jpg", "long") == "y" * 115 + ".jpg"
    phone.put_media({"cafe\u0301.jpg": "decomposed by hand", "nul.png": "device", "trail.": "dot"})
    sync_media(phone, laptop, phone)
    assert set(phone.media()) - set(laptop.media()) == {"cafe\u0301.jpg", "nul.png", "trail."}
    phone.check_media()  # gives them names that can be synced
    sync_media(phone, laptop)
    assert {"café.jpg", "nul_.png", "trail._"} <= set(laptop.media())
    laptop.unlink_media(["0"])  # Check Media takes no number for a file
    alike()


def test_names_that_only_the_server_finds_good_are_mended_by_the_clients(world, pair, alike):
    """Old clients sent them."""
    assert wire_of(world).upload({"con.jpg": b"device", "what?.jpg": b"no file of Windows"}) == [2, 2]
    sync_media_until_quiet(*pair)
    assert alike() == ["con_.jpg", "what.jpg"]


def test_the_oldest_and_the_newest_client_understand_each_other(world, alike):
    phone, laptop = world.device("phone"), world.device("laptop", OLDEST)
    phone.add_notes([[["first", "erste"], ""]])
    phone.upload()
    assert laptop.sync() == "download"
    laptop.download()
    laptop.put_media({"größe.jpg": "laptop's", "both.jpg": "laptop's", "sound.mp3": ["la ", 300_000]})
    phone.put_media({"both.jpg": "phone's", "two.png": "two"})
    sync_media(laptop, phone, laptop)
    assert phone.media()["both.jpg"] == laptop.media()["both.jpg"] == "laptop's"
    phone.put_media({"both.jpg": "phone's again"})
    laptop.unlink_media(["two.png"])
    sync_media(phone, laptop, phone)
    assert alike() == ["both.jpg", "größe.jpg", "sound.mp3"]


@pytest.mark.long
def test_three_thousand_small_files(world, pair, alike):
    laptop, phone = pair
    laptop.put_media({f"{n}.txt": f"number {n}" for n in range(3000)})
    sync_media(laptop, phone)
    assert len(phone.media_hashes()) == 3000
    phone.unlink_media([f"{n}.txt" for n in range(0, 3000, 3)])
    phone.put_media({f"{n}.txt": f"number {n}, changed" for n in range(1, 3000, 3)})
    sync_media(phone, laptop)
    assert len(alike()) == 2000


@pytest.mark.long
def test_a_file_of_ninety_megabytes(world, pair, alike):
    laptop, phone = pair
    laptop.put_media({"film.mp4": ["0123456789", 9_000_000], "small.jpg": "small"})
    sync_media(laptop, phone)
    assert alike() == ["film.mp4", "small.jpg"]


@pytest.mark.ours
def test_a_file_that_the_server_lost_comes_back_from_whoever_has_it(world, pair, alike):
    laptop, phone = pair
    laptop.put_media({f"{n}.jpg": f"number {n}" for n in range(60)})
    sync_media(laptop)
    blobs = [blob for blob in world.server.media_folder(world.user).glob("??/*")]
    for blob in blobs[::2]:
        blob.unlink()
    with pytest.raises(ClientError):
        phone.sync_media()
    sync_media_until_quiet(phone, laptop)
    assert len(laptop.media()) == len(phone.media()) == 60
    alike()


@pytest.mark.ours
def test_a_restored_backup_loses_no_file_that_a_device_has(world, pair, alike, tmp_path):
    laptop, phone = pair
    laptop.put_media({"old.jpg": "old", "changed.jpg": "1"})
    sync_media(laptop, phone)
    world.server.stop()
    shutil.copytree(world.server.base, tmp_path / "backup", symlinks=True)
    world.server.start()
    laptop.put_media({"new.jpg": "new", "newer.jpg": "newer"})
    phone.put_media({"phone.jpg": "phone"})
    sync_media(laptop, phone, laptop)
    world.server.stop()
    shutil.rmtree(world.server.base)
    shutil.copytree(tmp_path / "backup", world.server.base, symlinks=True)
    world.server.start()
    phone.put_media({"later.jpg": "later"})
    assert sync_media_until_quiet(laptop, phone) > 0  # "Please sync again"
    assert alike() == ["changed.jpg", "later.jpg", "new.jpg", "newer.jpg", "old.jpg", "phone.jpg"]


def live_while_others_do(device, number, rounds):
    """A person changes files of a small set that all share and syncs, again when told so, while others do the same.

    No two persons add the same content or delete the same file: where an upload is a no-op and another's change comes at
    the same moment, the numbers can agree by accident, and the protocol has no word for it."""
    choose = random.Random(number)
    for step in range(rounds):
        own = [name for name in sorted(device.media_hashes()) if int(name.split()[1]) % 3 == number]
        device.unlink_media([name for name in own if choose.random() < 0.4])
        device.put_media({f"file {choose.randrange(40)}": f"{device.name}, {step}, {n}" for n in range(8)})
        while True:
            try:
                device.sync_media()
                break
            except ClientError:
                pass  # somebody deleted what this device was about to fetch, or the numbers differ


def stats(world):
    return json.loads(world.server.control("--json", "media", "stats", world.user))[0]


@pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.long)])
def test_three_media_servers_on_one_volume_agree_while_three_devices_change_the_same_files(replicas, rounds):
    """Each request goes to another server; the collection's server tells the devices of the new files."""
    devices = replicas.devices_in_sync("laptop", "phone", "tablet")
    with concurrent.futures.ThreadPoolExecutor() as people:
        done = [people.submit(live_while_others_do, device, number, rounds) for number, device in enumerate(devices)]
        while not all(person.done() for person in done):
            replicas.server.control("media", "gc", "--retention", "0s")
        for person in done:
            person.result()
    sync_media_until_quiet(*devices)
    devices[0].put_media({"last.jpg": "the last one"})
    for device in (devices[0], *devices):
        assert device.sync_with_media() == "no changes"
    files = devices[0].media_hashes()
    late = replicas.device("late")
    late.download()
    late.sync_with_media()
    assert [device.media_hashes() for device in (*devices, late)] == [files] * 4
    report, = json.loads(replicas.server.control("--json", "media", "verify"))
    assert (report["files"], report["withdrawn"], report["lost"], report["totals_corrected"]) == (len(files), 0, [], False)
    while stats(replicas)["former"]:  # what ended in this second is kept
        replicas.server.control("media", "gc", "--retention", "0s")
    blobs = {blob.parent.name + blob.name for blob in replicas.server.media_folder(replicas.user).glob("??/*")}
    assert blobs == set(files.values())


@pytest.mark.ours
def test_deleted_and_replaced_files_are_brought_back_by_the_operator(world, pair, alike):
    laptop, phone = pair
    laptop.put_media({"kept.jpg": "kept", "photo.jpg": "a photo", "song.mp3": "a song", "drawing.png": "first"})
    sync_media(laptop, phone)
    laptop.unlink_media(["photo.jpg", "song.mp3"])
    laptop.put_media({"drawing.png": "second"})
    sync_media(laptop, phone)
    assert phone.media() == {"kept.jpg": "kept", "drawing.png": "second"}
    listed = json.loads(world.server.control("--json", "media", "undelete", world.user))
    assert {(file["name"], file["what"]) for file in listed} == {
        ("photo.jpg", "deleted"), ("song.mp3", "deleted"), ("drawing.png", "replaced")}
    world.server.control("media", "undelete", world.user, "--deleted-within", "1h")
    world.server.control("media", "undelete", world.user, "drawing.png")
    sync_media(phone, laptop)
    assert laptop.media() == phone.media() == {
        "kept.jpg": "kept", "photo.jpg": "a photo", "song.mp3": "a song", "drawing.png": "first"}
    alike()
