"""The throttle: each attempt of a call takes a turn of the rate limit, and a server that says when is obeyed.

Rule of the file: the innermost step, so that what is made again takes a turn again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext
from conformance.calls.failures import RateLimitError
from conformance.calls.limits import RateLimiter, estimate_tokens


class Throttle:
    """Waits for turns of a `RateLimiter`, which may be shared. Raises `CallTimeout` when the deadline comes sooner."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        await self._limiter.aturn(estimate_tokens(request), remaining=ctx.remaining_time)
        with self._obeying():
            return await called(next_call)

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        await self._limiter.aturn(estimate_tokens(request), remaining=ctx.remaining_time)
        with self._obeying():
            async with opened(next_stream) as pieces:
                async for piece in pieces:
                    yield piece

    @contextmanager
    def _obeying(self) -> Iterator[None]:
        try:
            yield
        except RateLimitError as failure:
            self._limiter.pause(failure.retry_after or 0.0)
            raise
