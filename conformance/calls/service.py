"""Services: an adapter as something to call: a request in, a reply or events out, and every failure an exception.

Rule of the file: no vendor by name. Whoever has an adapter has a service: each file and row of `providers/`, each
entry point, and any server of a known language by its base URL (`detection.generic`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from conformance.adapters import Adapter
from conformance.calls.concealing import hidden, secrets_of
from conformance.calls.context import CallContext
from conformance.calls.detection import get_capability_requirements
from conformance.calls.failures import failure_of
from conformance.calls.line import Line
from conformance.calls.outgoing import CallOptions
from conformance.calls.requests import ChatRequestModel
from conformance.decoding import decode
from conformance.errors import UsageError
from conformance.exchange import Exchange
from conformance.model import ChatRequest, Done, Error, Event, Reply

if TYPE_CHECKING:
    from types import TracebackType

    import httpx


class AdapterService:
    """Calls one server in the language of its adapter. Share it among any number of calls of one event loop.

    `client` is an async client of httpx or httpx2; without one the service makes its own, and `aclose` closes it.
    """

    def __init__(self, adapter: Adapter, options: CallOptions, client: httpx.AsyncClient | None = None) -> None:
        self.adapter, self.options = adapter, options
        self.requires = get_capability_requirements(adapter, options.base_url, options.api_key)
        """What a call must be allowed: see `conformance.calls.policy`."""
        self._line = Line(adapter, options, client)

    def __repr__(self) -> str:  # no options: they hold the key
        return f"<AdapterService {self.name}>"

    @property
    def name(self) -> str:
        """The name of the adapter."""
        return self.adapter.name

    async def call(self, request: ChatRequest | ChatRequestModel, ctx: CallContext | None = None) -> Reply:
        """The finished reply, whether the request asks for a stream or not. Raises a `ServiceError` for all else."""
        exchange = await self._line.exchange(_canonical(request), ctx)
        last = decode(exchange, self.adapter.dialect, strict=True)[-1]
        if isinstance(last, Done):
            return last.reply
        assert isinstance(last, Error)
        failure = failure_of(hidden(last, _secrets(exchange)))
        failure.exchange = exchange
        raise failure

    async def stream(
        self, request: ChatRequest | ChatRequestModel, ctx: CallContext | None = None
    ) -> AsyncIterator[Event]:
        """The events up to `Done`, each as soon as its bytes are here. Raises a `ServiceError`, in the middle too."""
        async with aclosing(self._line.stream(replace(_canonical(request), stream=True), ctx)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Error):
                    raise failure_of(event)
                yield event

    async def aclose(self) -> None:
        """Close the connections that are the service's own."""
        await self._line.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _canonical(request: Any) -> ChatRequest:
    if isinstance(request, ChatRequest):
        return request
    if isinstance(request, ChatRequestModel):
        return request.to_canonical()
    raise UsageError(f"a {type(request).__name__} is no chat request", "give a ChatRequest or a ChatRequestModel")


def _secrets(exchange: Exchange) -> frozenset[str]:
    return secrets_of(exchange.request.headers, exchange.request.url)
