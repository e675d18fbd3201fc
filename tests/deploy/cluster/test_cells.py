# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several cells in one release, on the Kubernetes that the kubeconfig names: ./dev cluster.

One story, told in order: people sync all the time, each collection and media, while users move between the cells, a cell is
added, and a cell's pods are deleted. No DNS knows the hosts: clients reach them by the ingress as their HTTP proxy.
"""
import contextlib
import json
import time
import urllib.request

import pytest
import yaml

from namespace import Namespace
from people import PASSWORD, Learner, wait_until
from support import tables
from support.cells import bucket_of
from support.device import Device
from tools import ROOT

SPACE = Namespace("ankisync-cells")
kubectl, helm = SPACE.kubectl, SPACE.helm
NAME = "anki-ankisyncd"
ENTRANCE = "anki.test"
FIRST = {"a": ["0-511"], "b": ["512-1023"]}
USERS = ["ada", "barbara", "grace", "alan", "dennis", "margaret"]  # three of a's buckets, three of b's


def url_of(cell):
    return f"http://{cell}.{ENTRANCE}/"


def control(cell, *words, **options):
    return kubectl("exec", "-i", f"{NAME}-{cell}-collection-0", "-c", "collection-sync", "--", "ankisyncctl", *words, **options)


def users_of(cell):
    return sorted(user["name"] for user in json.loads(control(cell, "--json", "user", "list")))


class Release:
    """What the release is told; a change comes into force by an upgrade."""

    def __init__(self, folder):
        self._file = folder / "values.json"
        self.values = {
            "cells": [{"name": name, "url": url_of(name), "buckets": buckets} for name, buckets in FIRST.items()],
            "cellExceptions": [], "cellMove": {"enabled": False}, "ingress": {"host": ENTRANCE},
            "collection": {"image": {"tag": "a"}}, "media": {"image": {"tag": "a"}, "replicas": 2},
            "tests": {"image": {"repository": "ankisyncd-test/tools", "tag": "latest"}}}

    def apply(self):
        self._file.write_text(json.dumps(self.values))
        helm("upgrade", "--install", "anki", ROOT / "helm", "-f", self._file, "--wait", "--timeout", "240s")

    def add_cell(self, name):
        self.values["cells"].append({"name": name, "url": url_of(name)})
        self.apply()

    def move(self, origin, to, **whom):
        """Runs the Job, and then says what its log says must be said."""
        self.values["cellMove"] = {"enabled": True, "from": origin, "to": to, **whom}
        self.apply()
        (job,) = json.loads(kubectl("get", "jobs", "-l", "app.kubernetes.io/component=move", "-o", "json"))["items"]
        job = f"job/{job['metadata']['name']}"
        kubectl("wait", job, "--for=condition=complete", "--timeout=180s")
        placed = yaml.safe_load(kubectl("logs", job, "-c", "move").split("before the file of cells says this:\n")[1])
        self.values["cellMove"] = {"enabled": False}
        self.values["cellExceptions"] = placed["exceptions"]
        for cell in self.values["cells"]:
            cell["buckets"] = [str(range_) for range_ in placed["buckets"][cell["name"]]]
        self.apply()


class Person(Learner):
    """Adds a note and a media file and syncs both, again and again."""

    def __init__(self, user, folder, proxy):
        self.user, self.cell, self.synced = user, "a" if bucket_of(user) < 512 else "b", 0
        self._folder, self._proxy = folder, proxy
        control(self.cell, "user", "add", user, "--password-stdin", input=PASSWORD + "\n")
        super().__init__(self._new_device("laptop"))
        self.device.add_notes([[["first", "erste"], ""]])
        assert self.device.sync() == "upload"
        self.device.upload()

    def _new_device(self, name):
        """By the entrance for everybody."""
        device = Device(f"{self.user}-{name}", self._folder)
        device.ask_proxy(self._proxy)
        device.log_in(self.user, PASSWORD, f"http://{ENTRANCE}/")
        return device

    def _add(self, number):
        super()._add(number)
        self.device.put_media({f"{number}.txt": [f"{self.user} {number} ", 2000]})

    def _sync(self):
        super()._sync()
        self.device.sync_media()
        self.synced += 1

    def wait_for_a_sync(self):
        """One that began after now."""
        enough = self.synced + 2
        wait_until(lambda: self.synced >= enough, 180)

    def check(self):
        """Every address that the device may remember leads home, and a new device has all that this one has."""
        for cell in "abc":
            self.device.go_through(url_of(cell))
            assert self.device.sync() == "no changes" and self.device.endpoint() == url_of(self.cell)
        self.device.sync_media()
        late = self._new_device("phone")
        assert late.sync() == "download"
        late.download()
        late.sync_media()
        assert late.media_hashes() == self.device.media_hashes() and len(late.media_hashes()) == self.syncs
        assert len(late.notes("")) == 1 + self.syncs
        for device in (late, self.device):
            device.close()
        found = tables.differences(tables.read(self.device.path), tables.read(late.path))
        assert not found, "\n".join(found[:20])
        assert late.check_database() == []
        late.quit()


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    SPACE.make()
    release = Release(tmp_path_factory.mktemp("release"))
    release.apply()
    yield release
    SPACE.remove()


def answers(proxy, host):
    return urllib.request.urlopen(urllib.request.Request(f"{proxy}health", headers={"Host": host}), timeout=5).status == 200


@pytest.fixture(scope="module")
def people(release, tmp_path_factory):
    folder, proxy = tmp_path_factory.mktemp("devices"), SPACE.ingress_url(NAME)
    for host in (ENTRANCE, f"a.{ENTRANCE}", f"b.{ENTRANCE}"):
        wait_until(lambda: answers(proxy, host))
    people = {user: Person(user, folder, proxy) for user in USERS}
    for person in people.values():
        person.start()
    yield people
    for person in people.values():
        person.stop()
        person.device.quit()


@pytest.fixture
def meanwhile(people):
    """with meanwhile(what, excused): nobody's sync fails but those of the excused, until each of them has synced again."""

    @contextlib.contextmanager
    def meanwhile(what, excused=()):
        began, before = time.monotonic(), {person: (person.synced, len(person.failures)) for person in people.values()}
        yield
        for user in excused:
            people[user].wait_for_a_sync()
        took = time.monotonic() - began
        synced = sum(person.synced - before[person][0] for person in people.values())
        failed = {user: person.failures[before[person][1]:] for user, person in people.items()}
        held = [failure for user in excused for failure in failed.pop(user)]
        print(f"\n{what}: {synced} syncs of collection and media in {took:.0f} s, {sum(map(len, failed.values()))} failed;"
              f" {len(held)} more of {', '.join(excused) or 'nobody'}", *sorted({text.splitlines()[0] for text in held}), sep="\n    ")
        assert not any(failed.values()), failed
        assert not [failure for failure in held if "sync is needed" in failure]

    return meanwhile


@pytest.fixture
def move(release, people, meanwhile):
    def move(user, to, by_bucket=False):
        person = people[user]
        whom = {"bucket": bucket_of(user)} if by_bucket else {"user": user}
        with meanwhile(f"{user} from {person.cell} to {to}" + by_bucket * ", with the bucket", [user]):
            release.move(person.cell, to, **whom)
        assert user in users_of(to)
        control(person.cell, "cell", "confirm", user)
        person.cell = to

    return move


def test_helm_test_makes_a_round_in_each_cell(release):
    said = helm("test", "anki", "--timeout", "180s")
    assert all(f"{NAME}-{cell}-test" in said for cell in "ab") and "Failed" not in said


def test_users_move_between_claims_while_all_sync(people, move):
    move("ada", "b")
    move("alan", "a")
    move("grace", "b", by_bucket=True)
    move("ada", "a")


def pods():
    found = json.loads(kubectl("get", "pods", "-l", "app.kubernetes.io/component in (collection,media)", "-o", "json"))["items"]
    return {pod["metadata"]["uid"] for pod in found}


def test_a_cell_that_is_added_moves_no_data(release, meanwhile, move):
    homes, before = {cell: users_of(cell) for cell in "ab"}, pods()
    with meanwhile("cell c added"):
        release.add_cell("c")
    assert before < pods(), "nobody else's pods are replaced"
    assert {cell: users_of(cell) for cell in "abc"} == homes | {"c": []}
    move("barbara", "c")
    move("dennis", "c", by_bucket=True)


def test_pods_of_a_cell_are_deleted(people, meanwhile):
    at_b = [user for user, person in people.items() if person.cell == "b"]
    assert at_b
    with meanwhile("pods of b deleted", at_b):
        kubectl("delete", "pod", "-l", "app.kubernetes.io/name=ankisyncd-b,app.kubernetes.io/component in (collection,media)")
        kubectl("rollout", "status", f"statefulset/{NAME}-b-collection", "--timeout=180s")
        kubectl("rollout", "status", f"deployment/{NAME}-b-media", "--timeout=180s")


def test_every_device_holds_the_same_in_the_end(people):
    for person in people.values():
        person.stop()
    for person in people.values():
        person.check()
