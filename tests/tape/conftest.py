"""A tiny server that says exactly the bytes it is told, in the pieces it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

SSE = (("content-type", "text/event-stream"), ("request-id", "req_1"))


@dataclass
class Script:
    """What the server answers to one request."""

    pieces: list[bytes]
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = SSE
    cut: bool = False
    """Close the connection without ending the body."""


@dataclass
class Server:
    """A listening server: its URL, and the requests that it got."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    _close: Callable[[], None] = lambda: None

    def close(self) -> None:
        self._close()


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _answer(connection: socket.socket, script: Script) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in script.headers)
    connection.sendall(f"HTTP/1.1 {script.status}\r\n{lines}transfer-encoding: chunked\r\n\r\n".encode())
    for piece in script.pieces:
        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    if not script.cut:
        connection.sendall(b"0\r\n\r\n")


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server that answers with these scripts, one a connection, and then is gone."""
    running: list[Server] = []

    def start(*scripts: Script) -> Server:
        listener = socket.create_server(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/chat/completions")

        def loop() -> None:
            for script in scripts:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    server.requests.append(_read_request(connection))
                    try:
                        _answer(connection, script)
                    except OSError:  # the client left early
                        continue
            listener.close()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()

        def close() -> None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(5)

        server._close = close
        running.append(server)
        return server

    yield start
    for server in running:
        server.close()


@pytest.fixture
def script() -> type[Script]:
    return Script
