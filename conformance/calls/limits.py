"""Rate limits: how many requests and tokens may go out in a window, and how long a call has to wait for its turn.

Rule of the file: the clock is injected. A call takes its share of a window when it goes, and never gives it back.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec

from conformance.calls.failures import CallTimeout
from conformance.errors import UsageError
from conformance.model import JSON

UNKNOWN_TOKENS = 100
"""What a request counts for that has no text to measure."""

_TEXTS = frozenset({"text", "content", "arguments", "system", "prompt", "input", "description"})
"""Where text stands in a request, whatever its form. Images and files, which stand elsewhere, are not measured."""


@dataclass(frozen=True)
class Limits:
    """What may go out in one window; None: without limit."""

    requests: int | None = None
    """Calls, each attempt for itself."""
    tokens: int | None = None
    """Tokens, by `estimate_tokens`."""
    window: float = 60.0
    """Seconds. A window begins with the first call in it."""

    def __post_init__(self) -> None:
        for name, value in (("requests", self.requests), ("tokens", self.tokens)):
            if value is not None and value < 1:
                raise UsageError(f"a limit of {value} {name} lets nothing through", "give 1 or more, or None")
        if self.window <= 0:
            raise UsageError(f"a window of {self.window} s is none", "give more than 0 seconds")


class RateLimiter:
    """Counts what goes out. Any number of threads and tasks may share one."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = Lock()
        self._began = self._paused_until = float("-inf")
        self._requests = self._tokens = 0

    def take(self, tokens: int = 0) -> float:
        """Take a turn: 0.0 when it was given, else the seconds after which to ask again, and nothing is taken.

        Raises `UsageError` for a request that no window can hold.
        """
        self.check(tokens)
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return self._paused_until - now
            if now >= self._began + self.limits.window:
                self._began, self._requests, self._tokens = now, 0, 0
            if not self._fits(tokens):
                return self._began + self.limits.window - now
            self._requests += 1
            self._tokens += tokens
            return 0.0

    def check(self, tokens: int) -> None:
        """Raise `UsageError` for a request that no window can hold: it would wait for ever."""
        if self.limits.tokens is not None and tokens > self.limits.tokens:
            told = f"a request of about {tokens} tokens never fits a limit of {self.limits.tokens} tokens a window"
            raise UsageError(told, "raise the limit of tokens, or send less at once")

    def pause(self, seconds: float) -> None:
        """Let nobody go for that long: a server said `Retry-After`."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def turn(
        self, tokens: int = 0, *, remaining: float | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        """Wait for a turn and take it. Raises `CallTimeout` at once when it would come after `remaining` seconds."""
        until = self._until(remaining)
        while wait := self._wait(tokens, until):
            sleep(wait)

    async def aturn(
        self,
        tokens: int = 0,
        *,
        remaining: float | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        """`turn` for async callers."""
        import anyio

        until, sleep = self._until(remaining), sleep or anyio.sleep
        while wait := self._wait(tokens, until):
            await sleep(wait)

    @property
    def used(self) -> tuple[int, int]:
        """Requests and tokens that went out in the window that stands open; (0, 0) when none does."""
        with self._lock:
            over = self._clock() >= self._began + self.limits.window
            return (0, 0) if over else (self._requests, self._tokens)

    def _fits(self, tokens: int) -> bool:
        of_requests, of_tokens = self.limits.requests, self.limits.tokens
        return (of_requests is None or self._requests < of_requests) and (
            of_tokens is None or self._tokens + tokens <= of_tokens
        )

    def _until(self, remaining: float | None) -> float:
        return float("inf") if remaining is None else self._clock() + remaining

    def _wait(self, tokens: int, until: float) -> float:
        wait = self.take(tokens)
        left = until - self._clock()
        if wait > left:
            raise CallTimeout(
                f"the rate limit gives a turn in {wait:.3g} s, but the deadline is in {max(left, 0):.3g} s"
            )
        return wait


def estimate_tokens(request: Any) -> int:
    """About how many tokens a request is: a quarter of the characters of its texts, of any form of request."""
    try:
        characters = _characters(msgspec.to_builtins(request))
    except TypeError:
        return UNKNOWN_TOKENS
    return max(characters // 4, 1) if characters else UNKNOWN_TOKENS


def _characters(value: JSON, counts: bool = False) -> int:
    match value:
        case str():
            return len(value) if counts else 0
        case dict():
            return sum(_characters(one, name in _TEXTS) for name, one in value.items())
        case list() | tuple():
            return sum(_characters(one, counts) for one in value)
    return 0
