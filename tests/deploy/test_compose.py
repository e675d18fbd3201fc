# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compose files, as far as they can be judged without a dockerd. ./dev containers runs them."""
import os

import pytest
import yaml

from tools import ROOT, program, run

FILES = {"docker-compose.yml": [], "deploy/compose/tls.yml": ["docker-compose.yml"], "deploy/compose/accounts.yml": ["docker-compose.yml"],
         "deploy/compose/one.yml": []}
SERVERS = {"collection-sync", "media-sync", "ankisyncd"}


@pytest.mark.parametrize("name", FILES)
def test_a_compose_file_is_valid(name):
    files = [word for file in FILES[name] + [name] for word in ("-f", ROOT / file)]
    environment = {**os.environ, "SYNC_DOMAIN": "anki.example.org", "SYNC_USER1_FILE": "/dev/null", "MEDIA_REPLICAS": "3"}
    whole = yaml.safe_load(run(program("docker-compose"), *files, "--profile", "observability", "config", env=environment))
    for service, about in whole["services"].items():
        assert about["read_only"] is True and about["cap_drop"] == ["ALL"], service
        assert "no-new-privileges:true" in about["security_opt"]
        if service == "volume-init":
            continue
        assert about["restart"] == "unless-stopped" and about["mem_limit"] and about["pids_limit"], service
        published = [str(port) for port in about.get("ports", [])]
        assert not published or service not in SERVERS or name.endswith("one.yml"), "the gateway's is the one port for clients"
    if name == "docker-compose.yml":
        assert whole["services"]["media-sync"]["scale"] == 3
