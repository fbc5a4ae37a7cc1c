"""The circuit breaker: after some failures in a row no call goes out for a while, then a few probe whether all is well.

Rule of the file: only what may pass counts as a failure; whoever leaves early counts as nothing; streams pass through.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext, Clock
from conformance.calls.failures import RETRYABLE, CircuitOpen
from conformance.errors import UsageError

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True)
class BreakerConfig:
    """When the circuit opens, and when it closes again."""

    failure_threshold: int = 5
    """Failures in a row that open it."""
    timeout: float = 60.0
    """Seconds that it stays open."""
    success_threshold: int = 2
    """Good probes that close it."""
    max_probes: int = 1
    """Probes that may be on their way at once."""

    def __post_init__(self) -> None:
        if min(self.failure_threshold, self.success_threshold, self.max_probes) < 1:
            raise UsageError("a circuit breaker counts from 1", "give thresholds and probes of 1 or more")


class CircuitBreaker:
    """One circuit: share it among all calls to one server, from any number of tasks and threads."""

    def __init__(self, config: BreakerConfig | None = None, *, clock: Clock = time.monotonic) -> None:
        self.config = config or BreakerConfig()
        self._clock, self._lock = clock, Lock()
        self._state: State = "closed"
        self._era = 0
        """Counts changes of state: what a call of an earlier era tells is no news any more."""
        self._failures = self._successes = self._probes = 0
        self._opened, self._why = 0.0, ""

    @property
    def state(self) -> State:
        """How it stands now: an open one whose time is over is half-open."""
        with self._lock:
            return "half_open" if self._state == "open" and self._left() <= 0 else self._state

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        with self._passage() as passage:
            result = await called(next_call)
            self._done(passage)
            return result

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        with self._passage() as passage:
            async with opened(next_stream) as pieces:
                async for piece in pieces:
                    self._good(passage)
                    yield piece
            self._done(passage)

    @contextmanager
    def _passage(self) -> Iterator[_Passage]:
        """Let one call through and count once what came of it. Raises `CircuitOpen`."""
        passage = _Passage(self._enter())
        try:
            yield passage
        except RETRYABLE as failure:
            self._bad(passage, str(failure))
            raise
        finally:
            self._leave(passage)

    def _enter(self) -> int:
        with self._lock:
            if self._state == "open" and self._left() <= 0:
                self._become("half_open")
            if self._state == "open":
                raise CircuitOpen(
                    f"Circuit breaker is OPEN: {self._failures} calls failed in a row, the last: {self._why}",
                    f"the next call may go out in {self._left():.3g} s",
                )
            if self._state == "half_open":
                if self._probes >= self.config.max_probes:
                    told = f"Circuit breaker is OPEN: {self._probes} probes are on their way already"
                    raise CircuitOpen(told, "call again when they are back")
                self._probes += 1
            return self._era

    def _good(self, passage: _Passage) -> None:
        """Count the first good piece, once; a probe has done its work by it, however long its stream goes on."""
        if passage.counted:
            return
        passage.counted = True
        with self._lock:
            if passage.era != self._era:
                return
            if self._state == "half_open":
                self._probes -= 1
                self._successes += 1
                if self._successes >= self.config.success_threshold:
                    self._become("closed")
            passage.era = self._era

    def _done(self, passage: _Passage) -> None:
        """Count a call that came to its end: those that failed before it were not in a row with what comes."""
        self._good(passage)
        with self._lock:
            if passage.era == self._era:
                self._failures = 0

    def _bad(self, passage: _Passage, why: str) -> None:
        with self._lock:
            if passage.era != self._era:
                return
            self._failures += 1
            self._why = why
            if self._state == "half_open" or self._failures >= self.config.failure_threshold:
                self._become("open")

    def _leave(self, passage: _Passage) -> None:
        with self._lock:
            if self._state == "half_open" and passage.era == self._era and not passage.counted:
                self._probes -= 1

    def _become(self, state: State) -> None:
        self._state = state
        self._era += 1
        self._successes = self._probes = 0
        if state == "open":
            self._opened = self._clock()
        elif state == "closed":
            self._failures = 0

    def _left(self) -> float:
        return self._opened + self.config.timeout - self._clock()


@dataclass
class _Passage:
    """One call on its way."""

    era: int
    counted: bool = False
