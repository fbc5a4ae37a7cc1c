"""What is counted of calls: one line in the log when a call is over, and counters and histograms where they are wanted.

Rule of the file: names, numbers and classes of errors; nothing of what was said in a request or an answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext, Clock

log = logging.getLogger("conformance.calls")

CALLS = "conformance.calls"
"""Counter: calls that are over, by operation, model and outcome."""
DURATION = "conformance.call.duration"
"""Histogram, seconds: how long they took."""
FIRST_PIECE = "conformance.call.first_piece"
"""Histogram, seconds: how long the first piece of a stream took."""


class Telemetry(Protocol):
    """Where figures go. `conformance.calls.telemetry.OpenTelemetry` hands them to OpenTelemetry."""

    def count(self, name: str, attrs: Mapping[str, str]) -> None:
        """Add one to a counter."""
        ...

    def record(self, name: str, value: float, attrs: Mapping[str, str]) -> None:
        """Add a value to a histogram."""
        ...


class Metrics:
    """Logs and counts each call: "Service call completed" at INFO, "Service call failed" at ERROR."""

    def __init__(self, telemetry: Telemetry | None = None, *, clock: Clock = time.perf_counter) -> None:
        self._telemetry, self._clock = telemetry, clock

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        began = self._clock()
        try:
            result = await called(next_call)
        except BaseException as fault:
            self._over("call", request, ctx, began, fault)
            raise
        self._over("call", request, ctx, began)
        return result

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        began, pieces = self._clock(), 0
        try:
            async with opened(next_stream) as found:
                async for piece in found:
                    pieces += 1
                    if pieces == 1:
                        self._first(request, began)
                    yield piece
        except BaseException as fault:
            self._over("stream", request, ctx, began, fault, pieces)
            raise
        self._over("stream", request, ctx, began, None, pieces)

    def _first(self, request: Any, began: float) -> None:
        if self._telemetry:
            self._telemetry.record(FIRST_PIECE, self._clock() - began, {"model": model_of(request)})

    def _over(
        self,
        operation: str,
        request: Any,
        ctx: CallContext,
        began: float,
        fault: BaseException | None = None,
        pieces: int | None = None,
    ) -> None:
        took, outcome = self._clock() - began, outcome_of(fault)
        facts: dict[str, Any] = {"call_id": str(ctx.call_id), "model": model_of(request), "seconds": round(took, 6)}
        if pieces is not None:
            facts["pieces"] = pieces
        if outcome == "failed":
            facts["error"] = type(fault).__name__
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        level = logging.ERROR if outcome == "failed" else logging.INFO
        log.log(level, "Service %s %s: %s", operation, outcome, told, extra={"call": facts})
        if self._telemetry:
            error = {"error": facts["error"]} if "error" in facts else {}
            attrs = {"operation": operation, "model": model_of(request), "outcome": outcome, **error}
            self._telemetry.count(CALLS, attrs)
            self._telemetry.record(DURATION, took, attrs)


def outcome_of(fault: BaseException | None) -> str:
    """How the call ended; a consumer who leaves a stream, or a task that is cancelled, is no failure."""
    if fault is None:
        return "completed"
    return "failed" if isinstance(fault, Exception) else "left early"


def model_of(request: Any) -> str:
    """The model that a request names; empty where it names none."""
    return str(getattr(request, "model", None) or "")
