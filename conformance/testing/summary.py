"""A stream in one value: what came, in which order, and how it ended.

Rule of the file: counted from events alone, so it serves every provider alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterable, Iterable

from msgspec import Struct

from conformance.errors import UsageError
from conformance.model import (
    Done,
    Error,
    Event,
    StopReason,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallEnd,
    name_of,
)


class StreamSummary(Struct, frozen=True, kw_only=True):
    """What a test wants to know of a stream."""

    timeline: tuple[str, ...]
    """The names of the events, in order."""
    event_count: int
    has_start: bool
    has_done: bool
    has_error_event: bool
    text: str
    thinking: str
    tool_calls: tuple[ToolCall, ...]
    text_deltas: int
    thinking_deltas: int
    tool_call_deltas: int
    stop_reason: StopReason | None
    stream_error: str | None
    """The error's message; None when there was none."""


def summarize(events: Iterable[Event]) -> StreamSummary:
    """Sum up a timeline.

    >>> from conformance.model import Text, Reply, replay
    >>> summed = summarize(replay(Reply(parts=(Text("Hello"),))))
    >>> summed.timeline
    ('Start', 'TextStart', 'TextDelta', 'TextEnd', 'Done')
    >>> summed.text, summed.stop_reason
    ('Hello', 'stop')
    """
    told = tuple(events)
    counts = Counter(name_of(event) for event in told)
    done = next((event for event in told if isinstance(event, Done)), None)
    failure = next((event for event in told if isinstance(event, Error)), None)
    return StreamSummary(
        timeline=tuple(name_of(event) for event in told),
        event_count=len(told),
        has_start="Start" in counts,
        has_done=done is not None,
        has_error_event=failure is not None,
        text="".join(event.text for event in told if isinstance(event, TextDelta)),
        thinking="".join(event.text for event in told if isinstance(event, ThinkingDelta)),
        tool_calls=tuple(event.call for event in told if isinstance(event, ToolCallEnd)),
        text_deltas=counts["TextDelta"],
        thinking_deltas=counts["ThinkingDelta"],
        tool_call_deltas=counts["ToolCallDelta"],
        stop_reason=done.reason if done else None,
        stream_error=failure.message if failure else None,
    )


def collect(stream: Iterable[Event]) -> list[Event]:
    """Drive a stream to its end: every event up to and including `Done` or `Error`.

    Raises `AssertionError` when it ends with neither, so that a test cannot pass on half a stream.

    >>> from conformance.model import Reply, replay
    >>> [type(event).__name__ for event in collect(replay(Reply()))]
    ['Start', 'Done']
    """
    if hasattr(stream, "__aiter__"):
        raise UsageError("an async stream cannot be collected from sync code", "use `await acollect(stream)`")
    return _ended(list(stream))


async def acollect(stream: AsyncIterable[Event]) -> list[Event]:
    """`collect` for an async stream."""
    if not hasattr(stream, "__aiter__"):
        raise UsageError("this stream is not async", "use `collect(stream)`")
    return _ended([event async for event in stream])


def _ended(events: list[Event]) -> list[Event]:
    if not events or not isinstance(events[-1], Done | Error):
        names = [name_of(event) for event in events]
        raise AssertionError(f"the stream ended with neither Done nor Error: {names}")
    return events
