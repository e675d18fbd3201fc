# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chart on a real Kubernetes, the one that the kubeconfig names, with real clients through its ingress: ./dev cluster.

One story, told in order. Images ankisyncd/…:a and :b are there already. INGRESS_URL is where clients reach it, if the Ingress
has no address of its own.
"""
import json
import os
import subprocess
import threading
import time
import urllib.request

import pytest

from people import PASSWORD, Person, wait_until
from support.device import Device
from tools import ROOT, program, run

SPACE = "ankisync-test"
NAME = "anki-ankisyncd"
MEDIA = f"deployment/{NAME}-media"
COLLECTION = f"statefulset/{NAME}-collection"


def kubectl(*words, **options):
    return run("kubectl", "-n", SPACE, *words, **options)


def helm(*words):
    return run(program("helm"), "-n", SPACE, *words)


def values(tag):
    return ["--set", f"collection.image.tag={tag},media.image.tag={tag},tests.image.repository=ankisyncd-test/tools,tests.image.tag=latest"]


def scale_media(replicas):
    kubectl("scale", MEDIA, f"--replicas={replicas}")
    kubectl("rollout", "status", MEDIA, "--timeout=180s")
    wait_until(lambda: len(media_pods()) == replicas, 180)


def media_pods():
    return json.loads(kubectl("get", "pods", "-l", "app.kubernetes.io/component=media", "-o", "json"))["items"]


def pod_name(pod):
    return pod["metadata"]["name"]


def add_user(name):
    kubectl("exec", "-i", f"{NAME}-collection-0", "-c", "collection-sync", "--", "ankisyncctl", "user", "add", name, "--password-stdin",
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
                there = urllib.request.urlopen(self.url, timeout=2).status == 200
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


@pytest.fixture(scope="module")
def url():
    subprocess.run(["kubectl", "delete", "namespace", SPACE, "--ignore-not-found"], check=True, stdout=subprocess.DEVNULL)
    run("kubectl", "create", "namespace", SPACE)
    run("kubectl", "label", "namespace", SPACE, "pod-security.kubernetes.io/enforce=restricted")
    helm("install", "anki", ROOT / "helm", *values("a"), "--wait", "--timeout", "180s")
    url = os.environ.get("INGRESS_URL")
    if not url:
        wait_until(lambda: "ip" in kubectl("get", "ingress", NAME, "-o", "jsonpath={.status.loadBalancer.ingress}"))
        url = f"http://{kubectl('get', 'ingress', NAME, '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}')}/"
    wait_until(lambda: urllib.request.urlopen(url + "health", timeout=5).status == 200)
    yield url
    subprocess.run(["kubectl", "delete", "namespace", SPACE, "--wait=false"], stdout=subprocess.DEVNULL)


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
    """load(what, failures_max): people sync until what() is done; answers nothing, and says the numbers."""

    def load(name, what, failures_max=0):
        people = [Person(laptop) for laptop, _ in pairs]
        for person in people:
            person.start()
        time.sleep(2)
        try:
            what()
            time.sleep(2)
        finally:
            for person in people:
                person.stop()
        failures = [failure for person in people for failure in person.failures]
        print(f"\n{name}: {sum(person.syncs for person in people)} media syncs, {len(failures)} failed")
        assert len(failures) <= failures_max, failures

    return load


def test_helm_test_makes_a_round(url):
    said = helm("test", "anki", "--timeout", "120s", "--logs")
    assert "Succeeded" in said
    assert "helm-test" not in kubectl("exec", f"{NAME}-collection-0", "-c", "collection-sync", "--", "ankisyncctl", "user", "list")


def test_the_api_server_finds_nothing_unknown():
    text = helm("get", "manifest", "anki")
    run("kubectl", "-n", SPACE, "apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text)


def test_media_scales_up_and_down_without_a_failed_sync(under_load):
    def scale():
        scale_media(4)
        time.sleep(3)
        scale_media(1)

    under_load("media 1 to 4 to 1", scale)


def test_an_upgrade_of_both_services_loses_no_media_sync(url, under_load, pairs):
    scale_media(2)
    watch = Watch(url + "health")
    watch.start()
    under_load("upgrade of both services", lambda: helm("upgrade", "anki", ROOT / "helm", *values("b"), "--set", "media.replicas=2", "--wait", "--timeout", "180s"))
    gaps = watch.stop()
    print(f"collection-sync was away for {gaps} s, as clients see it")
    assert kubectl("get", COLLECTION, "-o", "jsonpath={.spec.template.spec.containers[0].image}").endswith(":b")
    for laptop, phone in pairs:
        laptop.add_notes([[["after the upgrade", "danach"], ""]])
        laptop.sync()
        phone.sync()
        assert len(phone.notes("")) == 2


def test_a_killed_media_pod_fails_its_own_request_at_most(under_load):
    under_load("a media pod killed", lambda: kubectl("delete", "pod", pod_name(media_pods()[0]), "--grace-period=0", "--force"), failures_max=3)
    kubectl("rollout", "status", MEDIA, "--timeout=180s")


def test_a_drain_respects_the_budget_and_fails_no_sync(under_load):
    """On one node the evicted pod has nowhere to go, so that the second eviction is refused until the node is back."""
    kubectl("rollout", "status", MEDIA, "--timeout=180s")
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

    under_load("drain", drain)


def test_everybody_holds_the_same_in_the_end(pairs):
    for laptop, phone in pairs:
        laptop.sync_media()
        phone.sync_media()
        assert phone.media_hashes() == laptop.media_hashes() and phone.media_hashes()


def test_data_is_kept_and_found_again(url, pairs):
    laptop, phone = pairs[0]
    helm("uninstall", "anki", "--wait", "--timeout", "120s")
    assert f"data-{NAME}-collection-0" in kubectl("get", "pvc", "-o", "name")
    helm("install", "anki", ROOT / "helm", *values("b"), "--wait", "--timeout", "180s")
    wait_until(lambda: urllib.request.urlopen(url + "health", timeout=5).status == 200)
    laptop.add_notes([[["after the reinstall", "wieder da"], ""]])
    laptop.sync()
    phone.sync()
    assert len(phone.notes("")) == 3
