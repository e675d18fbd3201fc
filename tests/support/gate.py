# SPDX-License-Identifier: AGPL-3.0-or-later
"""A gate between a client and its server: bytes pass unchanged, and one chosen request can be stopped on its way.

A client's calls follow one another, so that a request begins where a client's bytes follow the server's, or the
connection's start. Every request is counted by its method's name in `passed`.
"""
import re
import socket
import threading

REQUEST = re.compile(rb"(?:POST|GET) /m?sync/(\w+)")


class Gate:
    def __init__(self, port):
        self.passed = []
        self._port = port
        self._stop_at = self._stop_where = None
        self._cuts = False
        self._stopped, self._go_on = threading.Event(), threading.Event()
        self._connections = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop_at(self, number, where):
        """Stops the number-th request from now: where "request", the server does not see it; "body", it
        sees the head and no more than the beginning of the body; "answer", it has done it and the client does not see
        the answer."""
        self.passed = []
        self._stop_at, self._stop_where, self._cuts = number, where, False
        self._stopped.clear()
        self._go_on.clear()

    def cut_at(self, number, where):
        """Cuts there, if it ever comes to it."""
        self.stop_at(number, where)
        self._cuts = True

    def wait_stopped(self, seconds=30):
        assert self._stopped.wait(seconds), f"only these came: {self.passed}"

    def go_on(self):
        self._stop_at = None
        self._go_on.set()

    def cut(self):
        """Drops what was stopped, with every connection."""
        self._stop_at = None
        with self._lock:
            for connection in self._connections:
                shut(connection)
            self._connections = []
        self._go_on.set()

    def close(self):
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()
            except OSError:
                return

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            return client.close()
        with self._lock:
            self._connections += [client, server]
        turn = {"stop": None}  # what the request in progress is to be stopped at
        threading.Thread(target=self._relay, args=(client, server, turn, "request"), daemon=True).start()
        self._relay(server, client, turn, "answer")

    def _relay(self, source, sink, turn, direction):
        try:
            while data := source.recv(65536):
                begins = direction == "request" and REQUEST.match(data)
                if begins:
                    self.passed.append(begins[1].decode())
                    turn["stop"] = self._stop_where if len(self.passed) == self._stop_at else None
                in_body = direction == "request" and not begins and turn["stop"] == "body"
                if turn["stop"] == direction or in_body:
                    turn["stop"] = None
                    if self._cuts:
                        return self.cut()
                    self._stopped.set()
                    self._go_on.wait()
                sink.sendall(data)
        except OSError:
            pass
        shut(source)
        shut(sink)


def shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
