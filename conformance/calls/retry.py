"""Retry: a call that failed for a reason that passes is made again, after a while, as long as its time allows.

Rule of the file: a stream is begun again only while its consumer has seen nothing of it, and the last error is raised.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext
from conformance.calls.failures import RETRYABLE, RateLimitError
from conformance.errors import UsageError

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class RetryConfig:
    """How often, and how long to wait in between."""

    max_attempts: int = 3
    """Attempts in all, the first included."""
    base_delay: float = 0.1
    """Seconds before the second attempt; doubled for each one after."""
    max_delay: float = 10.0
    """Seconds that it never waits longer than, unless the server asks for more."""
    jitter: bool = True
    """Wait any time from nothing to the delay, so that many callers do not come back at once."""
    margin: float = 1.0
    """Seconds that must remain of the deadline after the wait, or there is no further attempt."""
    max_retry_after: float = 60.0
    """A server that says `Retry-After` is obeyed up to here; a longer wait is left to the caller."""

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise UsageError(f"{self.max_attempts} attempts are none", "give 1 or more")


class Retry:
    """Makes a call again after `RetryableError` and `CallTimeout`; notes the attempts in `ctx.tracking`."""

    def __init__(
        self,
        config: RetryConfig | None = None,
        *,
        sleep: Sleep | None = None,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self._config = config or RetryConfig()
        self._sleep = _sleep if sleep is None else sleep
        self._chance = random.random if chance is None else chance

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        attempt = 0
        while True:
            attempt += 1
            ctx.tracking["attempts"] = attempt
            try:
                return await called(next_call)
            except RETRYABLE as failure:
                wait = self.delay(attempt, failure, ctx)
                if wait is None:
                    raise
            await self._sleep(wait)

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        attempt = 0
        while True:
            attempt += 1
            ctx.tracking["attempts"] = attempt
            begun = False
            try:
                async with opened(next_stream) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except RETRYABLE as failure:
                wait = None if begun else self.delay(attempt, failure, ctx)
                if wait is None:
                    raise
            await self._sleep(wait)

    def delay(self, attempt: int, failure: Exception, ctx: CallContext) -> float | None:
        """Seconds to wait after this failure of the `attempt`-th attempt; None when there is to be no other."""
        config = self._config
        if attempt >= config.max_attempts:
            return None
        wait = min(config.base_delay * 2 ** (attempt - 1), config.max_delay)
        if config.jitter:
            wait *= self._chance()
        told = failure.retry_after if isinstance(failure, RateLimitError) else _told(failure)
        if told is not None:
            if told > config.max_retry_after:
                return None
            wait = max(wait, told)
        left = ctx.remaining_time
        return wait if left is None or left > wait + config.margin else None


def _told(failure: Exception) -> float | None:
    """What a server that is not at its limit but overloaded or down said of when to come back."""
    return getattr(getattr(failure, "error", None), "retry_after", None)


async def _sleep(seconds: float) -> None:
    from anyio import sleep

    await sleep(seconds)
