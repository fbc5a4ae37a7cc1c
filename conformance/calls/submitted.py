"""Submitted calls: what an executor hands back for a call or a stream, from its place in the queue to its end.

Rule of the file: a handle says how far it is and lets its owner wait or leave; when it goes is the executor's business.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from uuid import UUID, uuid4
from weakref import ref

from anyio import CancelScope, Event

from conformance.calls.chain import called, opened
from conformance.calls.context import CallContext
from conformance.calls.failures import ServiceError, failure_of
from conformance.calls.limits import estimate_tokens
from conformance.errors import UsageError
from conformance.model import error


class Service(Protocol):
    """Who performs calls. Both methods may be sync: then they return a value, and any iterable."""

    @property
    def name(self) -> str:
        """What it is called in what is told of a call."""
        ...

    def call(self, request: Any, ctx: CallContext) -> Any:
        """The result of a call, or an awaitable of it."""
        ...

    def stream(self, request: Any, ctx: CallContext) -> Any:
        """The pieces of an answer as they come."""
        ...


class CallStatus(StrEnum):
    """How far a call is. The last three are for good."""

    PENDING = "pending"
    QUEUED = "queued"
    EXECUTING = "executing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({CallStatus.COMPLETED, CallStatus.FAILED, CallStatus.CANCELLED})


class Submitted:
    """What calls and streams have in common."""

    def __init__(self, service: Service, request: Any, ctx: CallContext, told: Callable[[Submitted], None]) -> None:
        self.id: UUID = uuid4()
        self.service, self.request, self.ctx = service, request, ctx
        self.tokens = estimate_tokens(request)
        self.status = CallStatus.PENDING
        self.failure: BaseException | None = None
        self.created = time.monotonic()
        self.began: float | None = None
        self.ended: float | None = None
        self._told = told
        self._scope: CancelScope | None = None
        self._granted, self._over = Event(), Event()

    def __repr__(self) -> str:  # a request may hold what is nobody's business
        return f"<{type(self).__name__} {self.id} of {self.service.name}: {self.status.value}>"

    @property
    def ready(self) -> bool:
        """Whether it would go if it had its turn."""
        return True

    @property
    def remaining(self) -> float:
        """Seconds until its deadline."""
        left = self.ctx.remaining_time
        return math.inf if left is None else left

    def queue(self) -> None:
        """It has its place in the queue."""
        self.status = CallStatus.QUEUED

    def begin(self) -> None:
        """Its turn has come."""
        self.status, self.began = CallStatus.EXECUTING, time.monotonic()
        self._granted.set()

    def end(self, status: CallStatus, failure: BaseException | None = None) -> None:
        """It is over; the first word counts."""
        if self.status in OVER:
            return
        self.status, self.failure, self.ended = status, failure, time.monotonic()
        self._granted.set()
        self._over.set()
        self._told(self)

    def cancel(self, why: str = "its owner gave it up") -> None:
        """End it now, wherever it is."""
        self.end(CallStatus.CANCELLED, failure_of(error("cancelled", f"the call was cancelled: {why}")))
        if self._scope:
            self._scope.cancel()


class ServiceCall(Submitted):
    """A call. Its result comes by `wait_completion`."""

    result: Any = None

    async def wait_completion(self) -> Any:
        """The result, when it is there. Raises what the service raised, or a `ServiceError` when it was cancelled."""
        await self._over.wait()
        if self.failure:
            raise self.failure
        return self.result

    async def run(self) -> None:
        """Perform it, and keep what comes of it."""
        try:
            with CancelScope() as self._scope:
                if self.status not in OVER:  # it was given up before it began
                    with self.ctx.limit():
                        self.result = await called(partial(self.service.call, self.request, ctx=self.ctx))
                    self.end(CallStatus.COMPLETED)
        except Exception as failure:
            self.end(CallStatus.FAILED, failure)
        finally:
            self.cancel("the event loop ended")  # of no effect on what is over


class StreamCall(Submitted):
    """A stream. Its pieces come by `async for`, once, straight from the service: its consumer's task pulls them."""

    _reading: ref[AsyncGenerator[Any, None]] | None = None

    @property
    def ready(self) -> bool:
        """It takes no turn before somebody waits for its pieces."""
        return self._reading is not None

    def __aiter__(self) -> AsyncIterator[Any]:
        if self._reading:
            raise UsageError("a stream can be read once", "submit it again, or keep its pieces")
        pieces = self._pieces()
        self._reading = ref(pieces)  # a weak one: a consumer that leaves shall be noticed
        self._told(self)
        return pieces

    async def aclose(self) -> None:
        """Leave it, unless it is over."""
        self.cancel()
        pieces = self._reading and self._reading()
        if pieces and not pieces.ag_running:  # type: ignore[attr-defined]
            await pieces.aclose()

    async def _pieces(self) -> AsyncGenerator[Any, None]:
        try:
            await self._granted.wait()
            if self.failure:
                raise self.failure
            async with opened(partial(self.service.stream, self.request, ctx=self.ctx)) as pieces:
                while (piece := await self._step(pieces)) is not _END:
                    yield piece
            self.end(CallStatus.COMPLETED)
        except Exception as failure:
            self.end(CallStatus.FAILED, failure)
            raise
        finally:
            self.cancel("its consumer left")

    async def _step(self, pieces: AsyncIterator[Any]) -> Any:
        """The next piece. No scope is held while the consumer works, since a generator must not hold one."""
        piece: Any = _END
        if self.status not in OVER:
            with CancelScope() as self._scope, self.ctx.limit():
                piece = await anext(pieces, _END)
        self._scope = None
        if isinstance(self.failure, ServiceError):
            raise self.failure
        return piece


_END = object()
