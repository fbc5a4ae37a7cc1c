"""Middleware, and how it is chained: the first is the outermost, and streams pass through it piece by piece.

Rule of the file: nothing here buffers, and whatever a step opens is closed when the consumer leaves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from inspect import isawaitable
from typing import Any, Protocol, TypeAlias

from conformance.calls.context import CallContext

Next: TypeAlias = Callable[[], Any]
"""The rest of the chain: returns the result or an awaitable of it; for streams an iterable, async or not."""

Call: TypeAlias = Callable[[Any, CallContext], Awaitable[Any]]
Stream: TypeAlias = Callable[[Any, CallContext], AsyncIterator[Any]]


class Middleware(Protocol):
    """One step around a call. It gives the rest of the chain a chance to run, or raises a `ServiceError`."""

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        """Make the call, once or again."""
        ...

    def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        """Pass on the pieces of a stream as they come: an async generator."""
        ...


def compose(middlewares: Sequence[Middleware], call: Callable[[Any, CallContext], Any]) -> Call:
    """One callable that sends (request, context) through the middleware to `call`, which may be sync or async."""

    async def run(request: Any, ctx: CallContext) -> Any:
        rest: Next = partial(call, request, ctx)
        for one in reversed(middlewares):
            rest = partial(one, request, ctx, rest)
        return await called(rest)

    return run


def compose_stream(middlewares: Sequence[Middleware], stream: Callable[[Any, CallContext], Any]) -> Stream:
    """`compose` for streams: an async generator of what `stream` yields, sync or async."""

    async def run(request: Any, ctx: CallContext) -> AsyncIterator[Any]:
        rest: Next = partial(stream, request, ctx)
        for one in reversed(middlewares):
            rest = partial(one.stream, request, ctx, rest)
        async with opened(rest) as pieces:
            async for piece in pieces:
                yield piece

    return run


async def called(next_call: Next) -> Any:
    """The result of the rest of the chain, awaited where it must be."""
    result = next_call()
    return await result if isawaitable(result) else result


@asynccontextmanager
async def opened(next_stream: Next) -> AsyncIterator[AsyncIterator[Any]]:
    """The pieces of the rest of the chain, whatever iterable it hands over; closed at the end in any case."""
    found = await called(next_stream)
    pieces: Any = found if hasattr(found, "__aiter__") else _asynchronous(found)
    if hasattr(pieces, "aclose"):
        async with aclosing(pieces):
            yield pieces
    else:
        yield aiter(pieces)


async def _asynchronous(found: Any) -> AsyncIterator[Any]:
    """A plain iterable piece by piece; anything else is the one piece there is."""
    if not isinstance(found, Iterable) or isinstance(found, str | bytes | Mapping):
        yield found
        return
    try:
        for piece in found:
            yield piece
    finally:
        if hasattr(found, "close"):
            found.close()
