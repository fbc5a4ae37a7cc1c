"""Run the virtual provider: in a thread for a test, in the foreground for the command line.

Rule of the file: 127.0.0.1 and a free port unless told otherwise; whoever starts it stops it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conformance.errors import UsageError
from conformance.exchange import Request
from conformance.virtual.captured import Captured
from conformance.virtual.doorkeeper import VIRTUAL_KEY

if TYPE_CHECKING:
    import uvicorn

    from conformance.deviating import Bend

_PATIENCE = 10.0
"""Seconds that starting or stopping may take before it counts as failed."""


class VirtualProvider:
    """A virtual provider for the time of a `with` block.

    with VirtualProvider() as virtual:
        client = openai.OpenAI(base_url=virtual.base_url("openai-chat"), api_key=VIRTUAL_KEY)
    """

    def __init__(
        self,
        *,
        gap: float = 0.0,
        key: str = VIRTUAL_KEY,
        host: str = "127.0.0.1",
        port: int = 0,
        bends: tuple[Bend, ...] = (),
    ) -> None:
        self._captured = Captured()
        self._gap, self._key, self._address, self._bends = gap, key, (host, port), bends
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None
        self.url = ""
        """The origin, `http://127.0.0.1:<port>`, once it runs."""

    def base_url(self, dialect: str, fault: str | None = None) -> str:
        """What a client of that dialect takes for its base URL; there is one for each fault too."""
        from conformance.virtual.routes import prefix_of
        from conformance.virtual.spoilt import FAULT

        return self.url + (f"{FAULT}/{fault}" if fault else "") + prefix_of(dialect)

    def base_url_as(self, adapter: str) -> str:
        """What stands in for that adapter's base URL: there it is answered as by its vendor, deviations included."""
        from conformance.virtual.routes import AS

        return f"{self.url}{AS}/{adapter}"

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that arrived, in order, as it travelled."""
        return self._captured.requests

    @property
    def call_count(self) -> int:
        """How many of the requests went to a model."""
        return self._captured.call_count

    def clear(self) -> None:
        """Forget what has arrived."""
        self._captured.clear()

    def __enter__(self) -> Self:
        ready = Event()
        self._server = _server(self._captured, self._gap, self._key, self._bends, ready.set)
        listening = _listen(*self._address)
        host, port = listening.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self._thread = Thread(target=self._server.run, args=([listening],), name="virtual provider", daemon=True)
        self._thread.start()
        if not ready.wait(_PATIENCE):
            raise RuntimeError("the virtual provider did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(_PATIENCE)
            if self._thread.is_alive() and kind is None:
                raise RuntimeError("the virtual provider did not stop")


def serve(
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    gap: float = 0.0,
    key: str = VIRTUAL_KEY,
    bends: tuple[Bend, ...] = (),
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `ready` is told the origin once clients may come.

    Raises `UsageError` when it cannot listen there.
    """
    origin: list[str] = []
    server = _server(Captured(), gap, key, bends, lambda: ready(*origin) if ready else None)
    listening = _listen(host, port)
    origin.append(f"http://{host}:{listening.getsockname()[1]}")
    with suppress(KeyboardInterrupt):
        server.run([listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), backlog=128)
    except (OSError, OverflowError) as fault:
        raise UsageError(f"cannot listen on {host}:{port}: {fault}", "choose another --host or --port") from fault
    # Connections inherit it. asyncio sets it only where a socket names its protocol, which this one does not; without
    # it the first piece of a stream waits for the client to acknowledge the head: 40 ms on Linux.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _server(
    captured: Captured, gap: float, key: str, bends: tuple[Bend, ...], ready: Callable[[], object]
) -> uvicorn.Server:
    import uvicorn

    from conformance.virtual import app

    class Server(uvicorn.Server):
        """uvicorn's own, which says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    settings = uvicorn.Config(
        app(captured=captured, gap=gap, key=key, bends=bends),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return Server(settings)
