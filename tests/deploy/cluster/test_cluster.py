# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chart on a real Kubernetes, the one that the kubeconfig names, with real clients through its ingress: ./dev cluster.

One story, told in order. Images ankisyncd/…:a and :b are there already.
"""
import datetime
import json
import subprocess
import threading
import time
import urllib.request

import pytest

from namespace import Namespace
from people import PASSWORD, Learner, Person, wait_until
from support.device import Device
from tools import ROOT, run

SPACE = Namespace("ankisync-test")
kubectl, helm = SPACE.kubectl, SPACE.helm
NAME = "anki-ankisyncd"
MEDIA = f"deployment/{NAME}-media"
COLLECTION = f"statefulset/{NAME}-collection"
COLLECTION_POD = f"{NAME}-collection-0"
GAP_SECONDS_MAX = 3


def values(tag):
    return ["--set", f"collection.image.tag={tag},media.image.tag={tag},tests.image.repository=ankisyncd-test/tools,tests.image.tag=latest,"
            "backup.enabled=true"]


def scale_media(replicas):
    kubectl("scale", MEDIA, f"--replicas={replicas}")
    kubectl("rollout", "status", MEDIA, "--timeout=180s")
    wait_until(lambda: len(media_pods()) == replicas, 180)


def media_pods():
    return json.loads(kubectl("get", "pods", "-l", "app.kubernetes.io/component=media", "-o", "json"))["items"]


def staying_media_pod():
    return next(pod["metadata"]["name"] for pod in media_pods() if "deletionTimestamp" not in pod["metadata"])


def add_user(name):
    kubectl("exec", "-i", COLLECTION_POD, "-c", "collection-sync", "--", "ankisyncctl", "user", "add", name, "--password-stdin",
            input=PASSWORD + "\n")


class Watch(threading.Thread):
    """Asks collection-sync every 20 ms whether it is there, and remembers for how long it was not."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.gaps, self._over = url, [], threading.Event()

    def run(self):
        gone_since = None
        while not self._over.wait(0.02):
            try:
                there = urllib.request.urlopen(self.url, timeout=20).status == 200
            except OSError:
                there = False
            if not there and gone_since is None:
                gone_since = time.monotonic()
            if there and gone_since is not None:
                self.gaps.append(round(time.monotonic() - gone_since, 2))
                gone_since = None

    def stop(self):
        self._over.set()
        self.join()
        return self.gaps


class Handover:
    """Looks on while collection-sync's pod is replaced."""

    LOG = ["kubectl", "-n", SPACE.name, "logs", "--timestamps", COLLECTION_POD, "-c", "collection-sync"]

    def __init__(self):
        self._log = subprocess.Popen([*self.LOG, "-f"], stdout=subprocess.PIPE, text=True)

    def end(self):
        """(seconds from the process' last words until the next one serves, the log of the one that stopped)"""
        log = self._log.communicate(timeout=180)[0].splitlines()
        (serving,) = [line for line in run(*self.LOG).splitlines() if '"serving"' in line]
        return self._second(serving) - self._second(log[-1]), log

    @staticmethod
    def _second(line):
        return datetime.datetime.fromisoformat(line.split()[0][:26] + "+00:00").timestamp()


@pytest.fixture(scope="module")
def url():
    SPACE.make()
    helm("install", "anki", ROOT / "helm", *values("a"), "--wait", "--timeout", "180s")
    url = SPACE.ingress_url(NAME)
    wait_until(lambda: urllib.request.urlopen(url + "health", timeout=5).status == 200)
    yield url
    SPACE.remove()


@pytest.fixture(scope="module")
def pairs(url, tmp_path_factory):
    """Three people, each with a laptop that syncs media without pause when told to, and a phone that looks at the end."""
    folder = tmp_path_factory.mktemp("devices")
    made = []
    for user in ("ada", "grace", "alan"):
        add_user(user)
        laptop, phone = (Device(f"{user}-{name}", folder) for name in ("laptop", "phone"))
        for device in (laptop, phone):
            device.log_in(user, PASSWORD, url)
        laptop.add_notes([[["first", "erste"], ""]])
        laptop.upload()
        phone.download()
        made.append((laptop, phone))
    yield made
    for pair in made:
        for device in pair:
            device.quit()


@pytest.fixture
def under_load(pairs):
    """load(name, what, failures_max): people sync media with their laptops and collections with their phones until what() is
    done. Says the numbers; of media syncs no more than failures_max may fail. What the phones could not do is the answer."""

    def load(name, what, failures_max=0):
        media, collections = [Person(laptop) for laptop, _ in pairs], [Learner(phone) for _, phone in pairs]
        for person in media + collections:
            person.start()
        time.sleep(2)
        try:
            what()
            time.sleep(2)
        finally:
            for person in media + collections:
                person.stop()
        failures = {}
        for kind, people in (("media", media), ("collection", collections)):
            failures[kind] = [failure for person in people for failure in person.failures]
            print(f"\n{name}: {sum(person.syncs for person in people)} {kind} syncs, {len(failures[kind])} failed", end="")
        print()
        assert len(failures["media"]) <= failures_max, failures
        return failures["collection"]

    return load


def agree(pairs):
    """Everybody's devices hold the same, and nothing that was told to be synced is missing."""
    for laptop, phone in pairs:
        for device in (phone, laptop, phone):
            assert device.sync() == "no changes"
        laptop.sync_media()
        phone.sync_media()
        assert phone.notes("") == laptop.notes("") and phone.notes("")
        assert phone.media_hashes() == laptop.media_hashes() and phone.media_hashes()


def test_helm_test_makes_a_round(url):
    said = helm("test", "anki", "--timeout", "120s", "--logs")
    assert "Succeeded" in said
    assert "helm-test" not in kubectl("exec", COLLECTION_POD, "-c", "collection-sync", "--", "ankisyncctl", "user", "list")


def test_the_api_server_finds_nothing_unknown():
    text = helm("get", "manifest", "anki")
    kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text)


def test_media_scales_up_and_down_without_a_failed_sync(under_load):
    def scale():
        scale_media(4)
        time.sleep(3)
        scale_media(1)

    assert not under_load("media 1 to 4 to 1", scale)


def test_a_killed_media_pod_fails_its_own_request_at_most(under_load):
    scale_media(2)

    def kill():
        kubectl("delete", "pod", staying_media_pod(), "--grace-period=0", "--force")

    assert not under_load("a media pod killed", kill, failures_max=3)
    kubectl("rollout", "status", MEDIA, "--timeout=180s")


def test_a_drain_respects_the_budget_and_fails_no_sync(under_load):
    """On one node the evicted pod has nowhere to go, so that the second eviction is refused until the node is back."""
    helm("upgrade", "anki", ROOT / "helm", *values("a"), "--set", "media.replicas=2", "--wait", "--timeout", "180s")  # with a budget
    node = media_pods()[0]["spec"]["nodeName"]
    several = len(json.loads(run("kubectl", "get", "nodes", "-o", "json"))["items"]) > 1

    def drain():
        ended = subprocess.run(["kubectl", "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=15s",
                                "--pod-selector=app.kubernetes.io/component=media"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert several or "disruption budget" in ended.stdout, ended.stdout
            ready = [pod for pod in media_pods() if any(condition["type"] == "Ready" and condition["status"] == "True" for condition in pod["status"]["conditions"])]
            assert ready
        finally:
            run("kubectl", "uncordon", node)
        kubectl("rollout", "status", MEDIA, "--timeout=180s")

    assert not under_load("drain", drain)


def test_an_upgrade_of_both_services_loses_nothing(url, under_load, pairs):
    handover, watch = Handover(), Watch(url + "health")
    watch.start()
    refused = under_load("upgrade of both services", lambda: helm(
        "upgrade", "anki", ROOT / "helm", *values("b"), "--set", "media.replicas=2", "--wait", "--timeout", "180s"))
    (gap, log), gaps = handover.end(), watch.stop()
    print(f"collection-sync: {gap:.1f} s from the process' stop until the next one serves; away for {gaps} s, as clients see it")
    print("who came meanwhile was told:", *{refusal.replace("\n", " ") for refusal in refused}, sep="\n    ")
    assert kubectl("get", COLLECTION, "-o", "jsonpath={.spec.template.spec.containers[0].image}").endswith(":b")
    assert not [line for line in log if "SYNC FAILED" in line], "syncs in flight are finished"
    assert gap < GAP_SECONDS_MAX
    agree(pairs)


def test_a_killed_collection_sync_loses_nothing(under_load, pairs):
    def kill():
        kubectl("delete", "pod", COLLECTION_POD, "--grace-period=0", "--force")
        kubectl("rollout", "status", COLLECTION, "--timeout=180s")

    under_load("collection-sync killed", kill)
    agree(pairs)


def test_data_is_kept_and_found_again(url, pairs):
    agree(pairs)
    helm("uninstall", "anki", "--wait", "--timeout", "120s")
    assert f"data-{COLLECTION_POD}" in kubectl("get", "pvc", "-o", "name")
    helm("install", "anki", ROOT / "helm", *values("b"), "--wait", "--timeout", "180s")
    wait_until(lambda: urllib.request.urlopen(url + "health", timeout=5).status == 200)
    for laptop, _ in pairs:
        laptop.add_notes([[["after the reinstall", "wieder da"], ""]])
    agree(pairs)


def test_a_backup_is_restored_into_another_release(url, pairs, tmp_path):
    """Made by the CronJob's own job, restored by the Job, and reached by an address with a path."""
    kubectl("create", "job", "now", f"--from=cronjob/{NAME}-backup")
    kubectl("wait", "job/now", "--for=condition=complete", "--timeout=180s")
    assert "is sound" in kubectl("logs", "job/now", "-c", "verify")
    helm("install", "again", ROOT / "helm", *values("b"), "--set",
         f"backup.enabled=false,backup.existingClaim={NAME}-backup,restore.enabled=true,ingress.path=/again", "--wait", "--timeout", "180s")
    kubectl("wait", "job/again-ankisyncd-restore", "--for=condition=complete", "--timeout=180s")
    laptop, _ = pairs[0]
    tablet = Device("tablet", tmp_path)
    try:
        tablet.log_in("ada", PASSWORD, url + "again/")
        tablet.download()
        tablet.sync_media()
        assert tablet.notes("") == laptop.notes("") and tablet.media_hashes() == laptop.media_hashes()
    finally:
        tablet.quit()
    helm("uninstall", "again", "--wait", "--timeout", "120s")
