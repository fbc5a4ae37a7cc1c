"""Figures and spans for OpenTelemetry: needs the extra `telemetry`.

Rule of the file: only the API is imported; what happens to them is for the program's own SDK to say. As in the metrics,
nothing of what was said in a request, an answer or an error is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext
from conformance.calls.metrics import model_of, outcome_of
from conformance.errors import MissingExtra


class OpenTelemetry:
    """A `Telemetry` over a meter of OpenTelemetry: `Metrics(OpenTelemetry())`."""

    def __init__(self, meter: Any = None) -> None:
        try:
            from opentelemetry.metrics import get_meter
        except ImportError as fault:
            raise _missing("figures") from fault
        self._meter = meter or get_meter("conformance.calls")
        self._made: dict[str, Any] = {}

    def count(self, name: str, attrs: Mapping[str, str]) -> None:
        """See `Telemetry.count`."""
        if name not in self._made:
            self._made[name] = self._meter.create_counter(name)
        self._made[name].add(1, dict(attrs))

    def record(self, name: str, value: float, attrs: Mapping[str, str]) -> None:
        """See `Telemetry.record`."""
        if name not in self._made:
            self._made[name] = self._meter.create_histogram(name, unit="s")
        self._made[name].record(value, dict(attrs))


class Tracing:
    """A step that makes one span of each call, all its attempts within it: `Steps(others=[Tracing()])`.

    Names are those of OpenTelemetry for generative AI: https://opentelemetry.io/docs/specs/semconv/gen-ai/
    """

    def __init__(self, tracer: Any = None) -> None:
        try:
            from opentelemetry.trace import get_tracer
        except ImportError as fault:
            raise _missing("spans") from fault
        self._tracer = tracer or get_tracer("conformance.calls")

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        with self._spanned(request, ctx) as span, _within(span):
            return await called(next_call)

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        pieces = 0
        with self._spanned(request, ctx) as span:
            async with opened(next_stream) as found:
                while True:
                    with _within(span):  # for each step alone: what the consumer does is no part of the call
                        piece = await anext(found, _END)
                    if piece is _END:
                        break
                    pieces += 1
                    if pieces == 1:
                        span.add_event("first_piece")
                    yield piece

    @contextmanager
    def _spanned(self, request: Any, ctx: CallContext) -> Iterator[Any]:
        """A span that says at its end how the call went."""
        from opentelemetry.trace import SpanKind, Status, StatusCode

        model = model_of(request)
        about = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": model,
            "conformance.call_id": str(ctx.call_id),
        }
        span = self._tracer.start_span(f"chat {model}".strip(), kind=SpanKind.CLIENT, attributes=about)
        try:
            yield span
        except BaseException as fault:
            if outcome_of(fault) == "failed":
                span.set_attribute("error.type", type(fault).__name__)
                span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.set_attribute("conformance.attempts", ctx.tracking.get("attempts", 1))
            span.end()


def _within(span: Any) -> Any:
    """Make the span current, so that spans of an HTTP client become its children; it ends elsewhere."""
    from opentelemetry.trace import use_span

    return use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def _missing(what: str) -> MissingExtra:
    told = f"{what} for OpenTelemetry need the package opentelemetry-api"
    return MissingExtra(told, "pip install 'provider-conformance[telemetry]'")


_END = object()
