"""The executor: calls and streams wait in a bounded queue until the rate limit and the number of streams let them go.

    async with RateLimitedExecutor(ExecutorConfig(limit_requests=60)) as executor:
        call = await executor.submit_call(service, request, ctx)
        reply = await call.wait_completion()
        async for event in await executor.submit_stream(service, request, ctx): ...

Rule of the file: first come, first served; who cannot be served is told at once. Submitting never waits.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from anyio import Event, create_task_group, move_on_after
from anyio.abc import TaskGroup

from conformance.calls.background import Background
from conformance.calls.capacity import ExecutorConfig, ExecutorStats, QueueFull
from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout, RateLimitError
from conformance.calls.limits import RateLimiter
from conformance.calls.submitted import OVER, CallStatus, Service, ServiceCall, StreamCall, Submitted
from conformance.errors import UsageError

__all__ = ["CallStatus", "ExecutorConfig", "ExecutorStats", "QueueFull", "RateLimitedExecutor", "Service"]

KEPT, DROPPED = 1000, 500
"""So many calls that are over are kept to be looked up; when there are more, so many of the oldest are dropped."""

Handle = TypeVar("Handle", bound=Submitted)


class RateLimitedExecutor:
    """Runs calls on the event loop in which it was started. `limiter` may be shared with others."""

    def __init__(self, config: ExecutorConfig | None = None, limiter: RateLimiter | None = None) -> None:
        self.config = config or ExecutorConfig()
        self.limiter = limiter or RateLimiter(self.config.limits)
        self._queue: OrderedDict[UUID, Submitted] = OrderedDict()
        self._active: dict[UUID, Submitted] = {}
        self._over: OrderedDict[UUID, Submitted] = OrderedDict()
        self._counts: Counter[str] = Counter()
        self._woken: Event | None = None
        self._serving: Background | None = None
        self._stopped = False

    # ------------------------------------------------------------------ its life

    async def start(self) -> None:
        """Begin to serve what is submitted; of no effect while it serves."""
        self._stopped = False
        self._serve_from_now()

    async def stop(self) -> None:
        """Cancel what waits and what is under way, and end; of no effect when it does not serve."""
        self._stopped = True
        for one in [*self._queue.values(), *self._active.values()]:
            one.cancel("the executor was stopped")
        serving, self._serving = self._serving, None
        if serving:
            self._wake()
            await serving.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # ------------------------------------------------------------------ what is given to it

    async def submit_call(self, service: Service, request: Any, ctx: CallContext) -> ServiceCall:
        """Queue a call. Raises `QueueFull` when there is no place, and at once what could never be served."""
        return self._submit(ServiceCall(service, request, ctx, self._told))

    async def submit_stream(self, service: Service, request: Any, ctx: CallContext) -> StreamCall:
        """Queue a stream; its turn comes when its pieces are asked for. Raises as `submit_call` does."""
        return self._submit(StreamCall(service, request, ctx, self._told))

    def _submit(self, one: Handle) -> Handle:
        if self._stopped:
            raise UsageError("the executor was stopped", "start it again")
        self.limiter.check(one.tokens)
        if one.ctx.is_expired:
            raise CallTimeout("the call was not made: its deadline is over")
        if len(self._queue) >= self.config.queue_capacity:
            self._counts["rejected"] += 1
            told = f"the queue is full: {len(self._queue)} of {self.config.queue_capacity} places are taken"
            raise QueueFull(told, "wait for a call to go, or give the executor a larger queue_capacity")
        self._counts["submitted"] += 1
        one.queue()
        self._queue[one.id] = one
        self._serve_from_now()
        return one

    # ------------------------------------------------------------------ what is known of it

    @property
    def active(self) -> Mapping[UUID, Submitted]:
        """What is under way, by id."""
        return MappingProxyType(self._active)

    @property
    def completed(self) -> Mapping[UUID, Submitted]:
        """What is over, by id, the oldest first: the last ones, not all."""
        return MappingProxyType(self._over)

    @property
    def stats(self) -> ExecutorStats:
        """What it has done so far, and does now."""
        requests, tokens = self.limiter.used
        return ExecutorStats(
            queued=len(self._queue),
            executing=len(self._active),
            requests_in_window=requests,
            tokens_in_window=tokens,
            **{name: self._counts[name] for name in ("submitted", "rejected", "completed", "failed", "cancelled")},
        )

    # ------------------------------------------------------------------ how it serves

    def _serve_from_now(self) -> None:
        if self._serving is None or self._serving.over:
            self._serving = Background(self._serve)
        self._wake()

    def _wake(self) -> None:
        if self._woken:
            self._woken.set()

    async def _serve(self) -> None:
        async with create_task_group() as group:
            while not self._stopped:
                self._woken = Event()
                with move_on_after(self._dispatch(group)):
                    await self._woken.wait()
            group.cancel_scope.cancel()

    def _dispatch(self, group: TaskGroup) -> float:
        """Let go whose turn it is. Returns the seconds after which to look again though nothing happens."""
        self._expire(0.0)
        while one := self._next():
            if wait := self.limiter.take(one.tokens):
                if one.remaining >= wait:
                    self._expire(wait)  # nobody goes before the first
                    return min(wait, self._patience())
                self._fail(one, wait)
                continue
            del self._queue[one.id]
            self._active[one.id] = one
            one.begin()
            if isinstance(one, ServiceCall):
                group.start_soon(one.run)
        return self._patience()

    def _next(self) -> Submitted | None:
        """The first that may go: a stream waits for its consumer and for a place, and lets others pass meanwhile."""
        streams = sum(isinstance(one, StreamCall) for one in self._active.values())
        full = self.config.concurrency_limit is not None and streams >= self.config.concurrency_limit
        waiting = self._queue.values()
        return next((one for one in waiting if one.ready and not (full and isinstance(one, StreamCall))), None)

    def _expire(self, wait: float) -> None:
        """Fail those whose deadline comes before their turn can."""
        for one in [one for one in self._queue.values() if one.remaining < wait or one.remaining == 0]:
            self._fail(one, wait)

    def _fail(self, one: Submitted, wait: float) -> None:
        turn = f"its turn comes in {wait:.3g} s, its deadline in {one.remaining:.3g} s"
        when = turn if wait else "it waited too long"
        one.end(CallStatus.FAILED, CallTimeout(f"the call was not made: {when}"))

    def _patience(self) -> float:
        return min((one.remaining for one in self._queue.values()), default=math.inf)

    def _told(self, one: Submitted) -> None:
        """Something came of a call: put it where it belongs, and look who is next."""
        if one.status in OVER:
            self._queue.pop(one.id, None)
            self._active.pop(one.id, None)
            self._counts[one.status.value] += 1
            self._over[one.id] = one
            if isinstance(one.failure, RateLimitError) and one.failure.retry_after:
                self.limiter.pause(one.failure.retry_after)
            self._prune()
        self._wake()

    def _prune(self) -> None:
        if len(self._over) > KEPT:
            for _ in range(DROPPED):
                self._over.popitem(last=False)
