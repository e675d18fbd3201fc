# SPDX-License-Identifier: AGPL-3.0-or-later
"""The order of system calls: before an acknowledgement leaves, what it promises is on the disk.

strace shows every write, rename and fsync of the server. A file is dirty from its first write to the end of the next
fsync, a name from the call that made it to the end of the next fsync of its folder. When an answer's bytes leave,
nothing that must survive is dirty.
"""

import re
import subprocess

import pytest

from support.traffic import Person
from support.watched import WatchedServer, can_trace

CALLS = (
    "pwrite64,pwritev,write,writev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,mkdir,mkdirat,sendto,sendmsg,sendfile,copy_file_range"
)
LINE = re.compile(r"(\d+) +(.*)")
CALL = re.compile(r"(\w+)\((.*)\) = (\S+).*")
UNFINISHED = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
DESCRIPTOR = re.compile(r"\d+<([^>]*)>")
NAME = re.compile(r'"([^"]*)"')
# What may be lost at any time: locks, shared memory, bodies on their way in, what is made anew, and snapshots, since the
# file that one is made of stays until it is there.
MAY_BE_LOST = re.compile(
    r"/spool/|/snapshots(/|$)|-shm$|\.lock$|/lock$|/state\.db|/collection\.media/tmp/|/collection\.copy-|/refused-upload|/collection\.new"
)


FOLDERS = {"mkdir", "mkdirat"}
NAMING = {"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat"}


def folder_of(path):
    return path.rpartition("/")[0]


pytestmark = pytest.mark.skipif(not can_trace(), reason="strace cannot trace here")


class Trace:
    """What a process did below `folder`, call by call."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.path = folder.parent / "strace.txt"
        self.command = ["strace", "-D", "-f", "-y", "-qq", "-s", "48", "-e", f"trace={CALLS}", "-o", self.path]

    def events(self):
        """(call, arguments, is the end) of every call; a long one has its beginning and its end at their places."""
        begun = {}
        for line in self.path.read_text(errors="replace").splitlines():
            process, text = LINE.match(line).groups()
            if match := UNFINISHED.match(text):
                begun[process] = match.groups()
                yield *match.groups(), False
            elif (match := RESUMED.match(text)) and process in begun:
                call, arguments = begun.pop(process)
                if not match[2].rpartition(" = ")[2].startswith("-"):
                    yield call, arguments + match[2], True
            elif match := CALL.match(text):
                if not match[3].startswith("-"):
                    yield match[1], match[2], False
                    yield match[1], match[2], True

    def answers(self):
        """For every answer that left: (its first bytes, what was synced since the last one, what is dirty)."""
        known = {str(path) for path in self.before}  # files whose names were there before
        contents, names, synced = set(), set(), []
        for call, arguments, ended in self.events():
            where = DESCRIPTOR.match(arguments)
            path = where[1] if where else ""
            named = NAME.findall(arguments)
            if call in ("fsync", "fdatasync"):
                if ended:
                    synced.append(path)
                    contents.discard(path)
                    names = {name for name in names if folder_of(name) != path}
            elif ended != (call in FOLDERS):
                continue  # a folder that is there already is not made: only the end tells
            elif call in NAMING:
                if call.startswith("rename") and named[0] in contents:
                    contents = contents - {named[0]} | {named[1]}
                names.add(named[-1])
                known.add(named[-1])
            elif call == "ftruncate" and path.endswith("-wal"):
                pass  # its frames are in the database; should they come back, they say the same again
            elif path.startswith(self.folder):
                contents.add(path)
                if path not in known:  # SQLite makes a file long before it has anything to say
                    names.add(path)
                    known.add(path)
            elif "HTTP/1.1 200" in arguments:
                dirty = sorted(path for path in contents | names if not MAY_BE_LOST.search(path))
                yield arguments, synced, [path for path in dirty if path.startswith(self.folder)]
                synced = []

    def remember_files(self):
        self.before = set(self.path.parent.rglob("*"))


@pytest.fixture
def traced(tmp_path):
    """(server, its trace): from the first call on, so that the volume is made under our eyes too."""
    server = WatchedServer(tmp_path, users={"ada": "a"})
    trace = Trace(server.base)
    trace.remember_files()
    server._prefix = trace.command
    server.start()
    yield server, trace
    if server.is_running():
        server.stop()


def test_an_answer_leaves_when_what_it_promises_is_on_the_disk(traced):
    server, trace = traced
    person = Person(server.url, "ada", "a", 1)
    person.log_in()
    steps = [person.upload, person.send_media, person.sync, person.sync, person.send_media, person.upload, person.sync]
    for step in steps:
        assert step()
    person.check()
    server.stop()
    answers = list(trace.answers())
    assert len(answers) > 20
    for answer, synced, dirty in answers:
        assert dirty == [], f"{answer}\nsynced: {synced}"
    # A test that cannot fail proves nothing: these were synced, each before an answer.
    synced = [path for _, paths, _ in answers for path in paths]
    for what in (
        r"/session\.db-wal$",
        r"/gen-000\d\.anki2-wal$",
        r"/gen-000\d\.anki2$",
        r"/users/ada$",
        r"/collection\.media/tmp/\w+$",
        r"/collection\.media/[0-9a-f]{2}$",
        r"/collection\.media$",
        r"/collection\.media\.server\.db-wal$",
    ):
        assert any(re.search(what, path) for path in synced), f"never synced: {what}"


def test_a_change_of_accounts_is_told_when_it_is_on_the_disk(traced, tmp_path):
    server, trace = traced
    for command in (["user", "add", "bob"], ["user", "passwd", "bob"], ["user", "del", "bob", "--yes"]):
        trace.remember_files()
        program = [*trace.command, server.program.with_name("ankisyncctl"), "--data", server.base, *command]
        if command[1] != "del":
            program.append("--password-stdin")
        done = subprocess.run(program, input=b"secret\n", capture_output=True)
        assert done.returncode == 0, done.stderr
        text = trace.path.read_text()
        said = text.index("write(1<pipe")
        assert re.search(r"(fsync|fdatasync)\(\d+<[^>]*/auth\.db-wal>", text[:said]), command
        written = max(match.start() for match in re.finditer(r"pwrite64\(\d+<[^>]*/auth\.db-wal>", text[:said]))
        synced = max(
            match.start() for match in re.finditer(r"(fsync|fdatasync)\(\d+<[^>]*/auth\.db-wal>", text[:said])
        )
        assert written < synced, command
        assert "auth.db-wal" not in "".join(
            line for line in text[said:].splitlines() if "pwrite64" in line
        ), "a change after it was told"
