"""Caution: how a vendor is called when it is recorded: not too fast, again when that helps, and not any more when not.

Rule of the file: a vendor is called with one caution in the whole process, whoever records; a stand-in with its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache, partial

from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.chain import Middleware
from conformance.calls.limits import Limits, RateLimiter
from conformance.calls.resilience import resilience
from conformance.calls.retry import RetryConfig
from conformance.calls.throttle import Throttle

PER_MINUTE = 60
"""Requests that a vendor gets in a minute, unless told otherwise."""


@dataclass(frozen=True, kw_only=True)
class CautionConfig:
    """The limits of a recording session, for each vendor."""

    limits: Limits = field(default_factory=partial(Limits, requests=PER_MINUTE))
    retry: RetryConfig = field(default_factory=RetryConfig)
    circuit: BreakerConfig = field(default_factory=partial(BreakerConfig, failure_threshold=2))
    """After two calls that failed with all their attempts, the rest of the session is told at once."""
    patience: float = 120.0
    """Seconds that a call may take in all, its attempts and waits included."""
    timeout: float = 60.0
    """Seconds for connecting and between two pieces of an answer."""


def with_rate(requests: int = PER_MINUTE) -> CautionConfig:
    """The usual limits, but for the number of requests a minute.

    A worker of pytest-xdist is one of several that call a vendor at the same time: it takes its share.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)
    return CautionConfig(limits=Limits(requests=max(1, requests // workers)))


@dataclass(frozen=True)
class Caution:
    """One vendor's share: what its calls have in common."""

    config: CautionConfig = field(default_factory=CautionConfig)
    circuit: CircuitBreaker = field(init=False)
    limiter: RateLimiter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "circuit", CircuitBreaker(self.config.circuit))
        object.__setattr__(self, "limiter", RateLimiter(self.config.limits))

    @property
    def middlewares(self) -> tuple[Middleware, ...]:
        """Circuit, attempts, turns: each attempt takes a turn of the rate limit."""
        return (*resilience(retry=self.config.retry, circuit=self.circuit), Throttle(self.limiter))


@cache
def caution_with(provider: str, config: CautionConfig | None = None) -> Caution:
    """The caution with which this process calls that provider, one for each config."""
    return Caution(config or CautionConfig())
