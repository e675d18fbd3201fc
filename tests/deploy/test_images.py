# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dockerfiles and scripts, as far as they can be judged without a dockerd. ./dev containers builds and runs them."""
import re

import pytest

from tools import ROOT, program, run

DOCKERFILES = {"Dockerfile.sync": ("collection-sync", "27701 9101"), "Dockerfile.media": ("media-sync", "27702 9102")}


def instructions(name):
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", (ROOT / name).read_text()))
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_dockerfile_keeps_the_rules(name):
    server, ports = DOCKERFILES[name]
    lines = instructions(name)
    words = [line.split()[0] for line in lines]
    assert set(words) <= {"ARG", "FROM", "RUN", "WORKDIR", "COPY", "LABEL", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"}
    assert [line for line in lines if line.startswith("FROM")] == ["FROM ${DEBIAN} AS build", "FROM scratch"]
    last = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert last["ENTRYPOINT"] == f'["/usr/bin/{server}"]' and last["USER"] == "65532:65532" and last["EXPOSE"] == ports
    assert last["HEALTHCHECK"].endswith(f'CMD ["/usr/bin/{server}", "healthcheck"]')
    installs = [line for line in lines if "apt-get install" in line]
    assert all("--no-install-recommends" in line and "rm -rf /var/lib/apt/lists/*" in line for line in installs)
    assert not re.search(r"amd64|x86_64|arm64|aarch64|sudo|curl .*\| *sh|:latest", "\n".join(lines))


def test_both_images_are_built_from_one_cached_stage():
    stages = [lines[:lines.index("FROM scratch")] for lines in map(instructions, DOCKERFILES)]
    assert stages[0] == stages[1]


def test_what_cmake_asks_for_is_in_the_build_context():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for file in ("CMakeLists.txt", "tests/CMakeLists.txt"):
        for folder in re.findall(r"add_subdirectory\(([\w/]+)\)", (ROOT / file).read_text()):
            asked = str((ROOT / file).parent.relative_to(ROOT) / folder / "CMakeLists.txt")
            assert any(asked == name or asked.startswith(name + "/") for name in kept), f"{asked} is not in the build context"


def test_images_are_built_of_the_packages_that_dev_names():
    listed = re.search(r"build_packages=\(([^)]*)\)", (ROOT / "dev").read_text())[1].split()
    (install,) = [line for line in instructions("Dockerfile.sync") if "apt-get install" in line]
    built = re.search(r"--no-install-recommends(.*?)&&", install)[1].split()
    assert set(listed) - {"git", "ca-certificates", "ccache"} == set(built) - {"tzdata", "ca-certificates"}


@pytest.mark.parametrize("name", ["deploy/image/assemble", "tests/deploy/containers/run", "dev", "tests/deploy/cluster/run",
                                  "dev.d/deploy-tools", "dev.d/go-tool", "dev.d/python-env"])
def test_scripts_are_clean(name):
    run(program("shellcheck"), "-S", "warning", ROOT / name)
