"""Rules of bedrock-converse about the stream as a whole: how it begins, how it stops, what it cost.

Rule of the file: a failure ends a stream early, and then nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .story import story

BOOK = Rulebook("bedrock-converse: stream")


@BOOK.rule(
    "BR-S04",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: MessageStartEvent; recorded streams",
    good='messageStart {"role": "assistant"}, …',
    bad="contentBlockDelta, …",
    why="accumulators have no message to put the first block into",
)
def begins(reading: Reading) -> Iterator[Violation]:
    """The first event is `messageStart` with the role assistant, and there is no other."""
    told = story(reading)
    first = next(iter(told.steps), None)
    if first is None or first.failed:
        return
    if first.kind != "messageStart":
        yield Violation(
            f"the stream begins with {first.kind or 'an event without a type'}", None, first.frame, "messageStart"
        )
    for number, step in enumerate(told.all("messageStart")):
        if step.data.get("role") != "assistant":
            yield Violation("another role", "$.role", step.frame, "assistant", step.data.get("role"))
        if number:
            yield Violation("one more messageStart", None, step.frame)


@BOOK.rule(
    "BR-S10",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: MessageStopEvent.stopReason is required",
    good='…, messageStop {"stopReason": "end_turn"}, metadata',
    bad="…, contentBlockStop, metadata",
    why="an agent loop cannot tell a call from an end, nor an answer from half of one",
)
def stops(reading: Reading) -> Iterator[Violation]:
    """A stream has exactly one `messageStop`, and it says the stopReason."""
    yield from _exactly_one(reading, "messageStop")
    for step in story(reading).all("messageStop"):
        if not isinstance(step.data.get("stopReason"), str):
            yield Violation("no stopReason", "$.stopReason", step.frame, "a word", step.data.get("stopReason"))


@BOOK.rule(
    "BR-S11",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: ConverseStreamMetadataEvent, required members",
    good='metadata {"usage": …, "metrics": {"latencyMs": 9}}',
    bad="no metadata",
    why="what the call cost is not told",
    survived="boto3 yields the events that came; only the cost of the answer is unknown",
)
def tells_the_cost(reading: Reading) -> Iterator[Violation]:
    """A stream has exactly one `metadata`, and it holds usage and metrics."""
    yield from _exactly_one(reading, "metadata")
    for step in story(reading).all("metadata"):
        for key in ("usage", "metrics"):
            if not isinstance(step.data.get(key), dict):
                yield Violation(f"no {key}", f"$.{key}", step.frame, "an object", step.data.get(key))


@BOOK.rule(
    "BR-S12",
    "SHOULD",
    Scope.STREAM,
    "recorded streams of the service",
    good="…, messageStop, metadata",
    bad="…, metadata, messageStop",
    why="clients that stop reading at metadata never learn why the answer ended",
)
def metadata_comes_last(reading: Reading) -> Iterator[Violation]:
    """`metadata` comes after `messageStop`."""
    told = story(reading)
    for stop in told.all("messageStop")[:1]:
        for step in told.all("metadata"):
            if step.frame < stop.frame:
                yield Violation("metadata before messageStop", None, step.frame, "after messageStop")


@BOOK.rule(
    "BR-S13",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: StopReason tool_use",
    good="a toolUse block, messageStop tool_use",
    bad="a toolUse block, messageStop end_turn",
    why="an agent loop that goes by the stop reason drops the call, or waits for one that never came",
)
def stop_fits_calls(reading: Reading) -> Iterator[Violation]:
    """The stopReason is tool_use exactly when a call of a tool of the client was streamed."""
    told = story(reading)
    calls, reason = [block for block in told.blocks if block.is_call and not _ran(block.call)], told.stop_reason
    for step in told.all("messageStop")[:1]:
        if reason == "tool_use" and not calls:
            yield Violation("tool_use, and no call was streamed", "$.stopReason", step.frame, "a toolUse block", reason)
        elif calls and reason in ("end_turn", "stop_sequence"):
            yield Violation("calls were streamed, it is no tool_use", "$.stopReason", step.frame, "tool_use", reason)


def _ran(call: JSON) -> bool:
    """Did the service run this call itself? Then it ends nothing."""
    return isinstance(call, dict) and call.get("type") == "server_tool_use"


def _exactly_one(reading: Reading, kind: str) -> Iterator[Violation]:
    told = story(reading)
    found = told.all(kind)
    if not found and not told.failed and not reading.partial:
        yield Violation(f"the stream has no {kind}", expected=kind, got=told.steps[-1].kind if told.steps else None)
    for step in found[1:]:
        yield Violation(f"one more {kind}", None, step.frame)
