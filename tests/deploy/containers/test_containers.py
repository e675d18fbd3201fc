# SPDX-License-Identifier: AGPL-3.0-or-later
"""The images and the compose file, with real clients through the gateway: ./dev containers.

`./dev containers` builds the images first. The gateway and Prometheus come from Debian packages (tests/deploy/images), for
machines that reach no registry.
"""
import gzip
import json
import os
import subprocess
import time
import urllib.request

import pytest

from support.device import Device
from support.servers import free_port
from people import PASSWORD, Person, wait_until
from tools import ROOT, run

DOCKER = os.environ.get("DOCKER", "docker")
COMPOSE = os.environ.get("COMPOSE", "docker-compose").split()
IMAGES = {"collection-sync": "27701/tcp", "media-sync": "27702/tcp"}
COMPRESSED_BYTES_MAX = 45_000_000


def docker(*words, **options):
    return run(DOCKER, *words, **options)


class Deployment:
    def __init__(self, *files, **environment):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.project = f"ankisync{self.port}"
        self._files = [word for file in files for word in ("-f", file)]
        self._environment = {**os.environ, "COMPOSE_PROJECT_NAME": self.project, "PORT": str(self.port),
                             "GATEWAY_IMAGE": "ankisyncd-test/tools", "PROMETHEUS_IMAGE": "ankisyncd-test/tools",
                             "CADDY_IMAGE": "ankisyncd-test/tools", "PROMETHEUS_PORT": str(free_port()), **environment}

    def compose(self, *words, **options):
        return run(*COMPOSE, *self._files, *words, cwd=ROOT, env=self._environment, **options)

    def up(self, *words):
        self.compose("up", "-d", "--no-build", *words)
        wait_until(lambda: urllib.request.urlopen(self.url + "health", timeout=5).status == 200)
        return self

    def add_user(self, name, service="collection-sync"):
        self.compose("exec", "-T", service, "ankisyncctl", "user", "add", name, "--password-stdin", input=PASSWORD + "\n")

    def containers(self, service):
        return self.compose("ps", "-q", service).split()

    def down(self):
        print(self.compose("logs", "--no-color", "--tail", "20"))
        self.compose("down", "--volumes", "--timeout", "20")


@pytest.fixture
def deployment():
    deployment = Deployment(MEDIA_REPLICAS="3").up()
    yield deployment
    deployment.down()


@pytest.fixture
def devices(deployment, tmp_path):
    made = []

    def make(user, *names):
        deployment.add_user(user)
        for name in names:
            device = Device(name, tmp_path)
            made.append(device)
            device.log_in(user, PASSWORD, deployment.url)
        first, *others = made[-len(names):]
        first.add_notes([[["first", "erste"], ""]])
        first.upload()
        for device in others:
            device.download()
        return made[-len(names):]

    yield make
    for device in made:
        device.quit()


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_small_and_holds_what_it_needs(name, tmp_path):
    image = f"ankisyncd/{name}:latest"  # without a tag, save takes all of them
    (about,) = json.loads(docker("image", "inspect", image))
    config = about["Config"]
    assert config["User"] == "65532:65532" and config["Entrypoint"] == [f"/usr/bin/{name}"]
    assert config["Healthcheck"]["Test"] == ["CMD", f"/usr/bin/{name}", "healthcheck"]
    assert IMAGES[name] in config["ExposedPorts"] and config["Labels"]["org.opencontainers.image.licenses"] == "AGPL-3.0-or-later"
    assert len(about["RootFS"]["Layers"]) == 1, "what a layer hides is still carried"
    saved = subprocess.run([DOCKER, "save", image], check=True, stdout=subprocess.PIPE).stdout
    size = len(gzip.compress(saved, 6))
    print(f"{image}: {size} bytes compressed")
    assert size <= COMPRESSED_BYTES_MAX
    container = docker("create", image).strip()
    files = subprocess.run(["tar", "-tf", "-"], input=subprocess.run([DOCKER, "export", container], check=True, stdout=subprocess.PIPE).stdout,
                           check=True, stdout=subprocess.PIPE).stdout.decode().split("\n")
    docker("cp", f"{container}:/usr/share/sbom/ankisyncd.spdx.json", tmp_path / "sbom")
    docker("rm", container)
    assert "usr/bin/ankisyncctl" in files and not [file for file in files if file.endswith(("/sh", "/bash", "/dpkg", "/apt"))]
    sbom = json.loads((tmp_path / "sbom").read_text())
    packages = {package["name"] for package in sbom["packages"]}
    assert {"libc6", "libsqlite3-0", "libpistache0", "libssl3"} <= packages


@pytest.mark.parametrize("user", ["65532:65532", "31337:0"])
def test_any_user_serves_from_a_read_only_root(user):
    volume = docker("volume", "create").strip()
    hardened = ["--user", user, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "-v", f"{volume}:/data"]
    try:
        docker("run", "--rm", *hardened, "--entrypoint", "ankisyncctl", "ankisyncd/collection-sync", "volume", "init")
        for name in IMAGES:
            container = docker("run", "-d", *hardened, f"ankisyncd/{name}").strip()
            try:
                wait_until(lambda: "serving" in subprocess.run([DOCKER, "logs", container], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout)
                docker("stop", "--time", "20", container)
                assert docker("inspect", "-f", "{{.State.ExitCode}}", container).strip() == "0", "PID 1 took SIGTERM and ended in order"
            finally:
                docker("rm", "-f", container)
    finally:
        docker("volume", "rm", volume)


def test_no_server_makes_a_volume_where_there_is_none():
    ended = subprocess.run([DOCKER, "run", "--rm", "ankisyncd/collection-sync"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert ended.returncode == 1 and "ankisyncctl --data /data volume init" in ended.stdout


def test_media_is_synced_while_replicas_stop_die_and_come(deployment, devices):
    # One device of each adds and syncs: two that do so at the same instant are told to sync again, by any server.
    pairs = [devices(user, f"{user}-laptop", f"{user}-phone") for user in ("ada", "grace", "alan")]
    people = [Person(laptop) for laptop, _ in pairs]
    for person in people:
        person.start()
    for number, end in enumerate(["stop", "kill", "stop", "kill"]):
        time.sleep(3)
        victim = deployment.containers("media-sync")[number % 3]
        docker(end, victim)
        time.sleep(3)
        docker("start", victim)
    victim = deployment.containers("media-sync")[0]
    docker("rm", "-f", victim)
    deployment.compose("up", "-d", "--no-build", "--scale", "media-sync=3")
    time.sleep(3)
    for person in people:
        person.stop()
    failures = [failure for person in people for failure in person.failures]
    print(f"{sum(person.syncs for person in people)} media syncs, {len(failures)} failed, with 2 stops, 2 kills and 1 removal of 3 replicas")
    assert not failures
    for person, (laptop, phone) in zip(people, pairs):
        laptop.sync_media()
        phone.sync_media()
        assert phone.media_hashes() == laptop.media_hashes() and len(phone.media_hashes()) == person.syncs


def test_a_replaced_collection_sync_is_back_within_seconds(deployment, devices):
    laptop, phone = devices("ada", "laptop", "phone")
    laptop.add_notes([[["second", "zweite"], ""]])
    laptop.sync()
    (container,) = deployment.containers("collection-sync")
    began = time.monotonic()
    docker("restart", "--time", "75", container)
    wait_until(lambda: urllib.request.urlopen(deployment.url + "health", timeout=5).status == 200)
    print(f"collection-sync: {time.monotonic() - began:.1f} s from SIGTERM to the first answer")
    phone.sync()
    assert len(phone.notes("")) == 2


def test_prometheus_sees_every_replica(deployment):
    deployment.compose("--profile", "observability", "up", "-d", "--no-build", "prometheus")
    port = deployment._environment["PROMETHEUS_PORT"]

    def jobs():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/targets", timeout=5) as answer:
            targets = json.load(answer)["data"]["activeTargets"]
        return sorted(target["labels"]["job"] for target in targets if target["health"] == "up")

    wait_until(lambda: jobs() == ["collection-sync"] + 3 * ["media-sync"] + ["prometheus"])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/rules", timeout=5) as answer:
        groups = json.load(answer)["data"]["groups"]
    assert {rule["health"] for group in groups for rule in group["rules"]} <= {"ok", "unknown"} and len(groups) >= 3


def sync_all(device, url):
    device.log_in("ada", PASSWORD, url)
    device.add_notes([[["first", "erste"], ""]])
    device.upload()
    device.put_media({"a.txt": "a"})
    device.sync_media()
    device.quit()


def test_one_container_serves_both(tmp_path):
    deployment = Deployment("deploy/compose/one.yml").up()
    try:
        deployment.add_user("ada", "ankisyncd")
        sync_all(Device("laptop", tmp_path), deployment.url)
    finally:
        deployment.down()


def test_caddy_is_a_gateway_with_a_certificate(tmp_path):
    tls_port = free_port()
    deployment = Deployment("docker-compose.yml", "deploy/compose/tls.yml", SYNC_DOMAIN="localhost", TLS_PORT=str(tls_port), MEDIA_REPLICAS="2")
    try:
        deployment.compose("up", "-d", "--no-build")
        url = f"https://localhost:{tls_port}/"
        fetch = ["curl", "-fsSk", "--noproxy", "*"]
        wait_until(lambda: subprocess.run([*fetch, url + "health"]).returncode == 0)
        assert "404" not in run(*fetch, url)
        for path, code in (("msync/begin", "400"), ("sync/msync/begin", "400"), ("sync/meta", "400")):
            assert run("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "-d", "", url + path) == code
        (container,) = deployment.containers("gateway")
        authority = tmp_path / "root.crt"
        docker("cp", f"{container}:/certificates/caddy/pki/authorities/local/root.crt", authority)
        deployment.add_user("ada")
        device = Device("laptop", tmp_path)
        device.trust(str(authority))
        sync_all(device, url)
    finally:
        deployment.down()
