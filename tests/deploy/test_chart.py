# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chart: renders what it should for a matrix of values, refuses what nobody can have meant, and is up to date with itself.

ANKISYNC_SNAPSHOTS=write renders tests/deploy/snapshots anew; git diff then says what changed.
"""
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tools import ROOT, cached, program, refusal, run

CHART = ROOT / "helm"
SNAPSHOTS = ROOT / "tests/deploy/snapshots"
KUBERNETES = "1.34"
CARRIED = "1.30"  # the oldest that the chart is for, and the newest that kubectl-validate itself knows
MINORS = [CARRIED, "1.34", "1.37"]

MATRIX = {
    "defaults": {},
    "autoscaled": {"media": {"autoscaling": {"enabled": True, "minReplicas": 2, "targetInFlight": 8}},
                   "trustedProxies": ["10.0.0.0/8"], "accounts": {"existingSecret": "people"}},
    "gateway-api": {"ingress": {"enabled": False},
                    "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["anki.example.org"], "path": "/anki"}},
    "tls": {"ingress": {"host": "anki.example.org", "path": "/anki", "className": "nginx",
                        "tls": {"enabled": True, "secretName": "anki-tls"}}},
    "guarded": {"networkPolicy": {"enabled": True, "gateway": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
                "metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}, "honorLabels": True,
                                               "endpoint": {"basicAuth": {"username": {"name": "ops", "key": "user"}}}}}},
    "backed-up": {"backup": {"enabled": True}, "restore": {"enabled": True, "backup": "20261124T031700Z"}},
    "cells": {"cells": [{"name": "a", "url": "https://a.anki.example.org/", "buckets": ["0-1023"], "existingClaim": "data-anki-collection-0"},
                        {"name": "b", "url": "https://b.anki.example.org/"}],
              "cellMove": {"enabled": True, "from": "a", "to": "b", "bucket": 0},
              "cellExceptions": [{"account": 4503599627370497, "user": "ada", "cell": "b"}],
              "ingress": {"host": "anki.example.org", "tls": {"enabled": True, "secretName": "anki-tls"}},
              "networkPolicy": {"enabled": True, "gateway": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
              "metrics": {"serviceMonitor": {"enabled": True}}, "backup": {"enabled": True}},
    "extended": {
        "commonLabels": {"team": "anki"}, "commonAnnotations": {"note": "x"}, "global": {"imageRegistry": "registry.example.org/"},
        "imagePullSecrets": [{"name": "pull"}],
        "collection": {"image": {"digest": "sha256:" + "a" * 64}, "extraEnv": [{"name": "TZ", "value": "Europe/Paris"}],
                       "extraEnvFrom": [{"configMapRef": {"name": "more"}}], "extraVolumes": [{"name": "x", "emptyDir": {}}],
                       "extraVolumeMounts": [{"name": "x", "mountPath": "/x"}], "priorityClassName": "high",
                       "extraContainers": [{"name": "beside", "image": "beside:1"}], "initContainers": [{"name": "before", "image": "before:1"}],
                       "podAnnotations": {"a": "b"}, "podLabels": {"c": "d"}, "nodeSelector": {"disk": "fast"},
                       "tolerations": [{"key": "anki", "operator": "Exists"}],
                       "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}]},
        "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}}]},
}

CELL = {"name": "a", "url": "https://a.example/"}
REFUSED = {  # values, and a part of the sentence
    "WAL on ReadWriteMany": ({"persistence": {"accessMode": "ReadWriteMany"}}, "SQLite's WAL needs all pods on one node"),
    "no WAL": ({"config": {"storage": {"journal_mode": "rollback"}}}, "this version serves wal alone"),
    "two collection services": ({"collection": {"replicas": 2}}, "there is one collection-sync per volume"),
    "autoscaled collection service": ({"collection": {"autoscaling": {"enabled": True}}}, "there is one collection-sync per volume"),
    "TLS without a secret": ({"ingress": {"host": "a.example", "tls": {"enabled": True}}}, "ingress.tls.enabled without ingress.tls.secretName"),
    "TLS without a host": ({"ingress": {"tls": {"enabled": True, "secretName": "x"}}}, "a certificate is for a name"),
    "two ways in": ({"httpRoute": {"enabled": True, "parentRefs": [{"name": "x"}]}}, "clients come by one of them"),
    "a route without a gateway": ({"ingress": {"enabled": False}, "httpRoute": {"enabled": True}}, "name the Gateway"),
    "fewer pods than the least": ({"media": {"autoscaling": {"minReplicas": 9}}}, "minReplicas is more than"),
    "killed before told": ({"media": {"preStopSeconds": 120}}, "killed before it was told"),
    "a snapshot for an old claim": ({"persistence": {"existingClaim": "x", "dataSource": {"name": "y"}}}, "is for a new claim"),
    "another port": ({"config": {"port": 80}}, "config.port is the chart's to say"),
    "a volume made by the servers": ({"config": {"storage": {"create": True}}}, "an init container makes the volume"),
    "an unknown key": ({"colection": {}}, "colection"),
    "an unknown key within": ({"media": {"replica": 3}}, "replica"),
    "a cell without an address": ({"cells": [{"name": "a"}]}, "url"),
    "an address without an end": ({"cells": [{"name": "a", "url": "https://a.example/x"}]}, "/cells/0/url"),
    "a cell twice": ({"cells": [CELL, {"name": "a", "url": "https://b.example/"}]}, "a is there twice"),
    "two cells at one address": ({"cells": [CELL, {"name": "b", "url": "https://a.example/"}]}, "host of cell b is taken"),
    "one claim for all cells": ({"cells": [CELL], "persistence": {"existingClaim": "x"}}, "is one for all cells"),
    "a move to nowhere": ({"cells": [CELL], "cellMove": {"enabled": True, "from": "a", "to": "b", "user": "ada"}}, "are two of the cells"),
    "a move of nobody": ({"cells": [CELL, {"name": "b", "url": "https://b.example/"}],
                          "cellMove": {"enabled": True, "from": "a", "to": "b"}}, "either user or bucket"),
    "exceptions from nothing": ({"cellExceptions": [{"account": 1, "user": "ada", "cell": "b"}]}, "cellExceptions without cells"),
    "nothing to restore": ({"restore": {"enabled": True}}, "restore.enabled without a claim of backups"),
    "a size that is none": ({"persistence": {"size": "much"}}, "/persistence/size"),
    "an access mode that is none": ({"persistence": {"accessMode": "ReadOnlyMany"}}, "/persistence/accessMode"),
    "a digest that is none": ({"media": {"image": {"digest": "latest"}}}, "/media/image/digest"),
    "no memory of its kind": ({"media": {"replicas": "three"}}, "/media/replicas"),
}


def helm(tmp_path, command, values, *options):
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(values))
    return [program("helm"), *command, CHART, "--values", file, *options]


def render(tmp_path, values, kubernetes=KUBERNETES, apis=("monitoring.coreos.com/v1",)):
    beside = [word for api in apis for word in ("--api-versions", api)]
    return run(*helm(tmp_path, ["template", "anki"], values, "--namespace", "sync", "--kube-version", kubernetes, *beside))


def objects(text):
    return [document for document in yaml.safe_load_all(text) if document]


def masked(text):
    text = re.sub(r"password: \w{32}", "password: (random)", text)
    text = re.sub(r"checksum/config: \w{64}", "checksum/config: (sum)", text)
    return re.sub(r"  round.py: .*", "  round.py: (files/round.py)", text)


@pytest.mark.parametrize("name", MATRIX)
def test_renders_as_before(tmp_path, name):
    file, text = SNAPSHOTS / f"{name}.yaml", masked(render(tmp_path, MATRIX[name]))
    if os.environ.get("ANKISYNC_SNAPSHOTS") == "write":
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("name", MATRIX)
def test_lints(tmp_path, name):
    run(*helm(tmp_path, ["lint", "--strict"], MATRIX[name], "--kube-version", KUBERNETES))


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(tmp_path, name):
    values, sentence = REFUSED[name]
    assert sentence in refusal(*helm(tmp_path, ["template", "anki"], values, "--kube-version", KUBERNETES))


def pods(things):
    for thing in things:
        spec = thing.get("spec", {}).get("jobTemplate", thing).get("spec", {})
        pod = spec if thing["kind"] == "Pod" else spec.get("template", {}).get("spec")
        if pod:
            yield pod


@pytest.mark.parametrize("name", MATRIX)
def test_pods_want_nothing_that_is_not_there(tmp_path, name):
    things = objects(render(tmp_path, MATRIX[name]))
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in things}
    for pod in pods(things):
        assert ("ServiceAccount", pod["serviceAccountName"]) in there
        assert all(("ConfigMap", volume["configMap"]["name"]) in there for volume in pod["volumes"] if "configMap" in volume)


@pytest.mark.parametrize("name", MATRIX)
def test_every_pod_is_restricted(tmp_path, name):
    for pod in pods(objects(render(tmp_path, MATRIX[name]))):
        assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"] + pod["initContainers"]:
            if container["name"] in ("beside", "before"):
                continue  # the operator's own
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
            assert "memory" in container["resources"]["limits"] and "cpu" not in container["resources"]["limits"]


def test_there_is_one_collection_sync_and_media_runs_beside_it(tmp_path):
    things = {(thing["kind"], thing["metadata"]["name"]): thing for thing in objects(render(tmp_path, {}))}
    collection = things["StatefulSet", "anki-ankisyncd-collection"]["spec"]
    assert collection["replicas"] == 1 and "preStop" not in str(collection)
    media = things["Deployment", "anki-ankisyncd-media"]["spec"]["template"]["spec"]
    (rule,) = media["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = collection["template"]["metadata"]["labels"]
    assert rule["labelSelector"]["matchLabels"].items() <= labels.items()
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in media["volumes"] if "persistentVolumeClaim" in volume]
    assert claims == ["data-anki-ankisyncd-collection-0"]


def test_rendered_rules_are_valid_and_thresholds_replaced(tmp_path):
    values = {"metrics": {"prometheusRule": {
        "enabled": True, "thresholds": {"AnkiSyncBackupStale": 200000}, "disabled": ["AnkiSyncConflicts"],
        "alertLabels": {"team": "anki"}, "runbookUrl": "https://wiki.example/anki/"}}}
    (rule,) = [thing for thing in objects(render(tmp_path, values)) if thing["kind"] == "PrometheusRule"]
    alerts = {rule["alert"]: rule for group in rule["spec"]["groups"] for rule in group["rules"] if "alert" in rule}
    assert alerts["AnkiSyncBackupStale"]["expr"].endswith("> 200000")
    assert alerts["AnkiSyncBackupStale"]["annotations"]["runbook_url"] == "https://wiki.example/anki/AnkiSyncBackupStale.md"
    assert alerts["AnkiSyncDown"]["labels"] == {"severity": "page", "team": "anki"}
    assert "AnkiSyncConflicts" not in alerts
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(rule["spec"]))
    run(program("promtool"), "check", "rules", file)


def test_a_cluster_without_the_operator_gets_no_objects_for_it(tmp_path):
    values = {"metrics": {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}}}
    assert "monitoring.coreos.com" not in render(tmp_path, values, apis=())


def test_dashboards_fit_into_their_config_maps(tmp_path):
    boards = [thing for thing in objects(render(tmp_path, {"metrics": {"dashboards": {"enabled": True}}}))
              if thing["metadata"].get("annotations", {}).get("grafana_folder")]
    files = sorted(file.name for file in (ROOT / "deploy/grafana").glob("*.json"))
    assert sorted(name for board in boards for name in board["data"]) == files
    for board in boards:
        assert len(str(board)) < 262_144
        ((name, text),) = board["data"].items()
        assert text == (ROOT / "deploy/grafana" / name).read_text(), "templates must not touch {{ }} of legends"


@pytest.mark.parametrize("kubernetes", MINORS)
def test_what_it_renders_is_valid(tmp_path, kubernetes):
    validate = [program("kubectl-validate"), "--version", CARRIED]
    if kubernetes != CARRIED:
        validate += ["--local-schemas", cached(f"kubernetes/{kubernetes}")]
    for name, values in MATRIX.items():
        folder = tmp_path / name
        folder.mkdir()
        for number, thing in enumerate(objects(render(folder, values, kubernetes))):
            if thing["apiVersion"].split("/")[0] not in ("gateway.networking.k8s.io", "monitoring.coreos.com"):
                (folder / f"{number}.yaml").write_text(yaml.safe_dump(thing))
        (folder / "values.yaml").unlink()
    run(*validate, *(tmp_path / name for name in MATRIX))


def test_notes_say_what_to_type_and_no_secret(tmp_path):
    # Helm shows notes only with a cluster at hand; as an object of the chart they render anywhere.
    chart = shutil.copytree(CHART, tmp_path / "chart")
    (chart / "templates/NOTES.txt").rename(chart / "files/NOTES.txt")
    (chart / "templates/notes.yaml").write_text('notes: |\n{{ tpl (.Files.Get "files/NOTES.txt") . | indent 2 }}\n')
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(MATRIX["tls"]))
    notes = yaml.safe_load(run(program("helm"), "template", "anki", chart, "--values", tmp_path / "values.yaml",
                               "--show-only", "templates/notes.yaml", "--kube-version", KUBERNETES))["notes"]
    assert "https://anki.example.org/anki/" in notes and "ankisyncctl user add NAME" in notes
    assert "helm -n default test anki" in notes and "assword:" not in notes


def test_readme_and_schema_say_what_values_do():
    run(sys.executable, ROOT / "dev.d/chart-files", "--check")


def test_the_chart_carries_the_programs_version():
    cmake = re.search(r"VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text().partition("project(")[2])[1]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == cmake
    assert {image["image"].rpartition(":")[2] for image in yaml.safe_load(chart["annotations"]["artifacthub.io/images"])} == {cmake}


def test_the_settings_are_ones_that_the_program_knows(tmp_path):
    (settings,) = [thing for thing in objects(render(tmp_path, {"config": {"limits": {"session_idle": "4m"}}})) if thing["kind"] == "ConfigMap" and "ankisyncd.yaml" in thing["data"]]
    file = tmp_path / "ankisyncd.yaml"
    file.write_text(settings["data"]["ankisyncd.yaml"])
    program_path = os.environ.get("ANKISYNCD", ROOT / "build/release/bin/ankisyncd")
    assert "4m" in subprocess.run([program_path, "--config", file, "--print-config"], check=True, stdout=subprocess.PIPE, text=True).stdout
