"""Rules of anthropic-messages about the order of events in a stream.

Rule of the file: pings may stand anywhere and unknown events are legal; after an `error` nothing more is owed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.anthropic_messages.story import Step, story
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: stream")


def _meant(reading: Reading) -> list[Step]:
    """The events that say something. None where a recording kept the content only."""
    if reading.exchange.fidelity == "body_only":
        return []
    return [step for step in story(reading).steps if step.kind != "ping"]


@BOOK.rule(
    "AM-S01",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: drops events without a name, reads others by data.type",
    framing=True,
    good='event: ping LF data: {"type": "ping"}',
    bad='data: {"type": "ping"}',
    why="the official SDKs drop the event: the answer is empty and nothing fails",
)
def event_line(reading: Reading) -> Iterator[Violation]:
    """Each event is named on an `event:` line, by the same word as the `type` in its data."""
    for frame in reading.chunks:
        kind = frame.json.get("type")
        if not frame.event:
            yield Violation("the event has no event: line", frame=frame.number, expected=kind)
        elif frame.event != kind:
            yield Violation("the event: line is not the type", "$.type", frame.number, expected=frame.event, got=kind)


@BOOK.rule(
    "AM-S02",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: the accumulator raises on any other first event",
    good="ping, message_start, …",
    bad="content_block_start, …",
    why="SDK: RuntimeError, unexpected event order",
)
def starts_once(reading: Reading) -> Iterator[Violation]:
    """The first event that is no ping is `message_start`, and there is one."""
    steps = _meant(reading)
    if steps and steps[0].kind not in ("message_start", "error"):
        first = steps[0]
        yield Violation("the stream does not begin", frame=first.frame, expected="message_start", got=first.kind)
    for step in [step for step in steps if step.kind == "message_start"][1:]:
        yield Violation("the stream begins again", frame=step.frame, got=step.kind)


@BOOK.rule(
    "AM-S03",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor",
    good='message_start with {"content": [], "stop_reason": null}',
    bad='message_start with {"stop_reason": "end_turn"}',
    why="the SDK appends blocks to the content it is given: what stands there already shifts all that follows",
)
def starts_empty(reading: Reading) -> Iterator[Violation]:
    """The message of `message_start` has no stop_reason, and no content unless a program's turn goes on."""
    for step in story(reading).all("message_start"):
        message = step.object("message")
        if message.get("stop_reason") is not None:
            path, got = "$.message.stop_reason", message["stop_reason"]
            yield Violation("the message has stopped before it begins", path, step.frame, got=got)
        if message.get("content") and not _goes_on(reading):
            text = "the message has content before it begins"
            yield Violation(text, "$.message.content", step.frame, expected=[], got=message["content"])


def _goes_on(reading: Reading) -> bool:
    """Whether the request hands results to a turn that a program has begun."""
    found = reading.asked.get("messages")
    last = found[-1] if isinstance(found, list) and found else None
    content = last.get("content") if isinstance(last, dict) else None
    blocks = content if isinstance(content, list) else ()
    return any(isinstance(block, dict) and block.get("type") == "tool_result" for block in blocks)


@BOOK.rule(
    "AM-S14",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor; anthropic SDK: get_final_message",
    good="…, message_delta, message_stop",
    bad="…, message_delta, end of the stream",
    why="a careful client takes the answer for cut off; others wait for the connection to close",
)
def ends_properly(reading: Reading) -> Iterator[Violation]:
    """The last event is `message_stop`, or `error`, and `message_stop` comes once."""
    steps = _meant(reading)
    for step in [step for step in steps if step.kind == "message_stop"][1:]:
        yield Violation("the stream ends again", frame=step.frame, got=step.kind)
    if reading.partial or reading.exchange.fidelity == "body_only":
        return  # it did not come whole: not the server's last word
    last = steps[-1] if steps else None
    if last is None or last.kind not in ("message_stop", "error"):
        got = last.kind if last else "no event"
        yield Violation("the stream does not end", frame=last and last.frame, expected="message_stop", got=got)


@BOOK.rule(
    "AM-S17",
    "MUST",
    Scope.STREAM,
    "platform.claude.com, versions: removed in 2023-06-01",
    good="message_stop, end of the stream",
    bad="message_stop, data: [DONE]",
    why="the official SDK parses the data of a named event as JSON and raises after a finished answer",
)
def no_done(reading: Reading) -> Iterator[Violation]:
    """There is no `[DONE]`: `message_stop` ends the stream."""
    for frame in reading.frames:
        if frame.data.strip() == b"[DONE]":
            yield Violation("[DONE] is another vendor's word", frame=frame.number, got="[DONE]")


@BOOK.rule(
    "AM-S18",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: types/text_delta, thinking_delta, input_json_delta",
    good='{"type": "text_delta", "text": "Hel"}',
    bad='{"type": "text_delta", "text": null}',
    why="SDKs append it to a string and raise",
)
def pieces_are_strings(reading: Reading) -> Iterator[Violation]:
    """What a delta adds to text, thinking or a call's input is a string."""
    for step in story(reading).all("content_block_delta"):
        delta = step.object("delta")
        key = _PIECES.get(str(delta.get("type")))
        if key and not isinstance(delta.get(key), str):
            path, got = f"$.delta.{key}", delta.get(key)
            yield Violation(f"{key} is not a string", path, step.frame, expected="a string", got=got)


_PIECES = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
