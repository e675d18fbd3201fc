# SPDX-License-Identifier: AGPL-3.0-or-later
"""A gateway that spreads requests over several servers, as nginx does: by path, and in turns among alike ones.

Every connection carries one request, because the request is passed on with "connection: close": so the turns are real.
"""
import contextlib
import itertools
import re
import socket
import threading

HEAD_END = b"\r\n\r\n"


class Spread:
    """ways: {path prefix: [port, …]}; the first prefix that fits counts."""

    def __init__(self, ways):
        self._ways = {prefix.encode(): itertools.cycle(ports) for prefix, ports in ways.items()}
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):  # either side may go at any time
            data = b""
            while HEAD_END not in data:
                more = client.recv(65536)
                if not more:
                    return
                data += more
            head, body = data.split(HEAD_END, 1)
            head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head) + b"\r\nconnection: close" + HEAD_END
            with socket.create_connection(("127.0.0.1", self._next_port(head))) as server:
                server.sendall(head + body)
                threading.Thread(target=pass_on, args=(client, server), daemon=True).start()
                pass_on(server, client)

    def _next_port(self, head):
        path = head.split(b" ", 2)[1]
        with self._lock:
            return next(next(ports for prefix, ports in self._ways.items() if path.startswith(prefix)))


def pass_on(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
