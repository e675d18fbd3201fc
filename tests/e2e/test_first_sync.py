# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an empty account to two devices with the same collection, and full syncs in both directions."""
from support.device import Device
from support.servers import USERS
from support.world import settle, sync


def test_an_empty_device_and_an_empty_account_have_nothing_to_do(world):
    laptop = world.device("laptop")
    assert laptop.status() == "no changes"
    assert laptop.sync() == "no changes"
    assert laptop.status() == "no changes"


def test_the_first_device_uploads_and_the_second_downloads(world, agree):
    laptop = world.device("laptop")
    laptop.add_notes([[["front", "back"], "a b"]], deck="Languages::German")
    assert laptop.status() == "full"
    assert laptop.sync() == "upload"
    laptop.upload()
    assert laptop.sync() == "no changes"

    phone = world.device("phone")
    assert phone.sync() == "download"
    phone.download()
    assert phone.sync() == "no changes"
    agree()


def test_what_was_uploaded_is_what_is_downloaded(world):
    laptop = world.device("laptop")
    laptop.add_notes([[["front", "back"], "a b"]])
    laptop.upload()
    phone = world.device("phone")
    phone.download()
    assert world.differences(laptop, phone) == []


def test_two_unrelated_collections_offer_both_ways_and_download_takes_the_servers(world, agree):
    laptop, phone = world.device("laptop"), world.device("phone")
    laptop.add_notes([[["laptop's", ""], ""]])
    phone.add_notes([[["phone's", ""], ""]])
    laptop.upload()
    assert phone.sync() == "full"
    phone.download()
    assert phone.notes("") == laptop.notes("laptop's")
    agree()


def test_two_unrelated_collections_offer_both_ways_and_upload_takes_the_devices(world, agree):
    laptop, phone = world.device("laptop"), world.device("phone")
    laptop.add_notes([[["laptop's", ""], ""]])
    phone.add_notes([[["phone's", ""], ""]])
    laptop.upload()
    phone.upload()
    assert laptop.sync() == "full"
    laptop.download()
    assert laptop.notes("") == phone.notes("phone's")
    agree()


def test_a_device_that_lost_everything_gets_it_back(world, agree):
    laptop, = world.devices_in_sync("laptop")
    laptop.quit()
    world.devices.remove(laptop)
    assert world.device("new laptop").sync() == "download"
    world.devices[0].download()
    agree()


def test_a_full_upload_may_follow_normal_syncs(world, agree):
    laptop, phone = world.devices_in_sync("laptop", "phone")
    laptop.add_notes([[["one", ""], ""]])
    settle(laptop, phone)
    laptop.add_notes([[["two", ""], ""]])
    laptop.upload()
    assert phone.sync() == "full"
    phone.download()
    phone.add_notes([[["three", ""], ""]])
    sync(phone, laptop)
    assert len(laptop.notes("")) == 4
    agree()


def test_two_accounts_do_not_see_each_other(world, tmp_path):
    ours, = world.devices_in_sync("laptop")
    theirs = Device("grace's", tmp_path)
    theirs.log_in("grace", USERS["grace"], world.server.url)
    try:
        assert theirs.sync() == "no changes"
        theirs.add_notes([[["hers", ""], ""]])
        assert theirs.sync() == "upload"
        theirs.upload()
        assert ours.sync() == "no changes"
        assert theirs.notes("") != ours.notes("")
        assert (len(theirs.notes("")), len(ours.notes(""))) == (1, 1)
    finally:
        theirs.quit()
