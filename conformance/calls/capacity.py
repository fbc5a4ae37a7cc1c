"""Capacity: how much an executor lets wait and go, and what it tells of itself.

Rule of the file: values only.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.calls.failures import ServiceError
from conformance.calls.limits import Limits
from conformance.errors import UsageError


class QueueFull(ServiceError):
    """The queue holds as many calls as it may; nothing was sent."""


@dataclass(frozen=True, kw_only=True)
class ExecutorConfig:
    """How much waits, and how fast it goes. None: without limit."""

    queue_capacity: int = 100
    """Calls and streams that wait at a time; what is under way does not count."""
    limit_requests: int | None = None
    """Calls and streams that go out in a window."""
    limit_tokens: int | None = None
    """Tokens that go out in a window, by `estimate_tokens`."""
    capacity_refresh_time: float = 60.0
    """Seconds of a window for requests and tokens."""
    concurrency_limit: int | None = None
    """Streams that are open at a time."""

    def __post_init__(self) -> None:
        if self.queue_capacity < 1 or (self.concurrency_limit is not None and self.concurrency_limit < 1):
            raise UsageError("a capacity below 1 lets nothing through", "give 1 or more")

    @property
    def limits(self) -> Limits:
        """The same as a rate limiter takes it. Raises `UsageError` for limits that let nothing through."""
        return Limits(self.limit_requests, self.limit_tokens, self.capacity_refresh_time)


@dataclass(frozen=True, kw_only=True)
class ExecutorStats:
    """What an executor has done, and does now."""

    submitted: int
    """All that got a place in the queue so far; `completed`, `failed` and `cancelled` are what came of them."""
    rejected: int
    """All that found the queue full so far."""
    queued: int
    """What waits now."""
    executing: int
    """What is under way now."""
    completed: int
    failed: int
    cancelled: int
    requests_in_window: int
    """What has gone out in the window that stands open, as `tokens_in_window` has."""
    tokens_in_window: int
