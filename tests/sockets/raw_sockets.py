"""A server of raw sockets that behaves as badly as it is told to, and a certificate that nobody trusts.

Rule of the file: 127.0.0.1 and free ports; whatever a test starts is over when the test is.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

import pytest


class RawServer:
    """Answers each connection with a function of its own; keeps the requests, counts the connections."""

    def __init__(self, behave: Callable[[RawServer, socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self.behave, self.tls = behave, tls
        self.over = Event()
        self.requests: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        Thread(target=self._accept, daemon=True).start()

    @property
    def connections(self) -> int:
        """How many have been opened so far."""
        return len(self._open)

    def close(self) -> None:
        self.over.set()
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """Serve it to its end, and close it here: one that came while the server ended is in nobody's list."""
        with suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # pieces go out one by one
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as talking:
                while not self.over.is_set() and (request := _request(talking)):
                    self.requests.append(request)
                    self.behave(self, talking)


def _request(connection: socket.socket) -> bytes:
    """One whole request, told by its content-length; nothing when the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < int(sizes[0] if sizes else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def behaving() -> Iterator[Callable[..., RawServer]]:
    """Starts servers that behave as the given function does, for the time of the test."""
    started: list[RawServer] = []

    def start(behave: Callable[[RawServer, socket.socket], None], tls: ssl.SSLContext | None = None) -> RawServer:
        started.append(RawServer(behave, tls))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has reason to trust, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "self-signed.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    return path
