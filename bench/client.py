# SPDX-License-Identifier: AGPL-3.0-or-later
"""A device of protocol 11 over one kept-alive connection, as cheap as Python allows, which believes no answer unread.

What a device does is a generator that yields (path, body) and is given the answer's payload; so one thread can play
one device (Connection.play) or hundreds side by side (play_together).
"""
import json
import selectors
import socket
import time

import zstandard

COMPRESSOR = zstandard.ZstdCompressor(level=3, write_content_size=False)


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()

    def play(self, script):
        answer = None
        while True:
            try:
                request = script.send(answer)
            except StopIteration as end:
                return end.value
            self.socket.sendall(request)
            while (answer := self.take()) is None:
                self.fill()

    def fill(self):
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError(f"the server hung up, after {bytes(self.received[:200])}")
        self.received += piece

    def take(self):
        """The payload of a whole answer that is not 200 only by mistake; None while it is not all there."""
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self.received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        if "content-length" in headers:
            after = end + 4 + int(headers["content-length"])
            if len(self.received) < after:
                return None
            body = self.received[end + 4:after]
        else:
            if not self.received.endswith(b"0\r\n\r\n"):
                return None
            body, after = dechunked(self.received, end + 4)
            if body is None:
                return None
        del self.received[:after]
        assert lines[0] == "HTTP/1.1 200 OK", (lines[0], bytes(body[:300]))
        if "anki-original-size" not in headers:
            return bytes(body)
        payload = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        assert len(payload) == int(headers["anki-original-size"]), "a payload of another size"
        return payload


def dechunked(received, at):
    pieces = []
    while (line_end := received.find(b"\r\n", at)) >= 0:
        size = int(received[at:line_end], 16)
        at = line_end + 2 + size + 2
        if size == 0:
            return b"".join(pieces), at
        pieces.append(received[line_end + 2:at - 2])
    return None, None


class Device:
    """What one device sends. key: the account's, after log_in."""

    def __init__(self, key=""):
        self.key, self.skey, self.attempts = key, "", 0

    def new_attempt(self):
        self.attempts += 1
        self.skey = f"{self.attempts:08}"

    def request(self, path, content):
        if not isinstance(content, bytes):
            content = json.dumps(content, separators=(",", ":")).encode()
        return self.framed(path, COMPRESSOR.compress(content))

    def framed(self, path, frame):
        header = json.dumps({"v": 11, "k": self.key, "c": "26.09.3,bench,linux", "s": self.skey})
        head = (f"POST /{path} HTTP/1.1\r\nhost: 127.0.0.1\r\nanki-sync: {header}\r\n"
                "content-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                f"{len(frame):x}\r\n")
        return b"".join((head.encode(), frame, b"\r\n0\r\n\r\n"))

    def log_in(self, name, password):
        self.key = json.loads((yield self.request("sync/hostKey", {"u": name, "p": password})))["key"]


def play_together(port, scripts_of, seconds, warm_up=0.5):
    """A connection for each of scripts_of (functions that give a next script), for so long. The durations of whole
    scripts that ended after the warm-up, in seconds."""
    selector = selectors.DefaultSelector()
    now = time.perf_counter()
    counted_from, until = now + warm_up, now + warm_up + seconds
    durations = []
    players = [Player(Connection(port), scripts) for scripts in scripts_of]
    for player in players:
        player.connection.socket.setblocking(False)
        selector.register(player.connection.socket, selectors.EVENT_READ, player)
        player.begin()
    playing = len(players)
    while playing:
        for event, _ in selector.select():
            player = event.data
            player.connection.fill()
            while (answer := player.connection.take()) is not None:
                if not player.go_on(answer):
                    continue
                now = time.perf_counter()
                if now > counted_from:
                    durations.append(now - player.began)
                if now < until:
                    player.begin()
                else:
                    selector.unregister(player.connection.socket)
                    player.connection.socket.close()
                    playing -= 1
    return durations


class Player:
    def __init__(self, connection, scripts):
        self.connection, self.scripts = connection, scripts

    def begin(self):
        self.began = time.perf_counter()
        self.script = self.scripts()
        self.connection.socket.send(next(self.script))

    def go_on(self, answer):
        """True: the script is at its end."""
        try:
            request = self.script.send(answer)
        except StopIteration:
            return True
        assert self.connection.socket.send(request) == len(request)
        return False
