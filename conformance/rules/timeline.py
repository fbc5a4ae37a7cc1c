"""Rules about the canonical timeline: what the kit itself owes, judged on every exchange that it reads.

Rule of the file: a finding here is a fault of the dialect's decoder, whatever the server sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange import End
from conformance.model import (
    Done,
    Error,
    Event,
    TextDelta,
    TextEnd,
    TextStart,
    ThinkingDelta,
    ThinkingEnd,
    ThinkingStart,
    ToolCallDelta,
    grammar_faults,
    name_of,
)
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: timeline")

_ENDS = (
    "Start is not first",
    "Done without Start",
    "before Start",
    "after Done",
    "after Error",
    "neither Done nor Error",
)
_ENDINGS, _DELTAS = (Done, Error), (TextDelta, ThinkingDelta, ToolCallDelta)
_MOST = 1 << 12
"""A longer body is cut within its first so many bytes: what holds of a few dozen frames holds of those like them."""
_PIECES = ((1 << 10, (1, 7)), (1 << 11, (7,)), (_MOST, (29,)))
"""Up to so many bytes a body is cut into pieces of these sizes: the bigger, the coarser, to stay quick."""
_CUTS = 4


@BOOK.rule(
    "GN-04",
    "MUST",
    Scope.STREAM,
    "WHATWG HTML 9.2.5; TCP and HTTP keep no boundaries",
    good="the same events from pieces of 1, 7 and 64 bytes",
    bad="an event lost when a piece ends inside `data:` or inside a character",
    why="a proxy that cuts the body elsewhere changes the answer",
)
def cutting_changes_nothing(reading: Reading) -> Iterator[Violation]:
    """However a stream is cut into pieces, its timeline is the same."""
    body = reading.exchange.response.body[:_MOST]
    want = _timeline(reading, [body])
    for size in next(sizes for most, sizes in _PIECES if len(body) <= most):
        got = _timeline(reading, [body[at : at + size] for at in range(0, len(body), size)])
        if got != want:
            at = next((n for n, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), min(len(got), len(want)))
            yield Violation(f"cut into pieces of {size} bytes, the timeline differs from event {at} on")


@BOOK.rule(
    "GN-10",
    "MUST",
    Scope.ANY,
    "the kit's own contract",
    good="Start TextStart TextDelta TextEnd Done",
    bad="Start Done TextDelta",
    why="a consumer that stops at the first terminal event loses the rest, one that waits for it hangs",
)
def one_start_one_end(reading: Reading) -> Iterator[Violation]:
    """A timeline has one Start, first, and one Done or Error, last."""
    yield from (Violation(fault) for fault in reading.grammar if _of_the_ends(fault))


@BOOK.rule(
    "GN-11",
    "MUST",
    Scope.ANY,
    "the kit's own contract",
    good="TextStart(0) TextDelta(0) TextEnd(0) ToolCallStart(1) ToolCallEnd(1)",
    bad="TextStart(0) ToolCallDelta(1)",
    why="a consumer that draws blocks as they come mixes them up",
)
def blocks_are_bracketed(reading: Reading) -> Iterator[Violation]:
    """Every block starts once and ends once, deltas stand between, and only tool calls run side by side."""
    ends = [at for at, event in enumerate(reading.events) if isinstance(event, _ENDINGS)]
    events = reading.events[: ends[0] + 1] if ends else reading.events  # GN-10 tells of what comes after
    faults = reading.grammar if len(events) == len(reading.events) else grammar_faults(events)
    yield from (Violation(fault) for fault in faults if not _of_the_ends(fault))
    speaking: Event | None = None
    for event in events:
        if isinstance(event, _DELTAS):
            continue  # most of a timeline
        if isinstance(event, TextStart | ThinkingStart):
            if speaking is not None:
                yield Violation(f"{name_of(event)} of block {event.index} while another text or thinking block is open")
            speaking = event
        elif isinstance(event, TextEnd | ThinkingEnd):
            speaking = None


@BOOK.rule(
    "GN-12",
    "MUST",
    Scope.STREAM,
    "the kit's own contract; the vendors' SDKs stay silent here",
    good="Error(truncated) for a stream that stops before its terminal signal",
    bad="Done for half an answer",
    why="a cut answer is shown, stored and billed as a finished one",
)
def cut_stream_is_no_answer(reading: Reading) -> Iterator[Violation]:
    """A stream that is cut before its terminal signal ends as an Error, never as Done."""
    whole = reading.events[-1] if reading.events else None
    if not isinstance(whole, Done):
        return
    pieces = _lines_until_done(reading)
    for keep in sorted({len(pieces) * cut // _CUTS for cut in range(_CUTS)}):
        last = _timeline(reading, [b"".join(pieces[:keep])])[-1:]
        if not last or (isinstance(last[0], Done) and last[0] != whole):  # an equal one: nothing of the answer was cut
            yield Violation(f"cut after line {keep} of {len(pieces)}, the answer looks finished")


def _timeline(reading: Reading, pieces: list[bytes], end: End = "eof") -> list[Event]:
    decoder = reading.dialect.decoder()
    events: list[Event] = []
    for piece in pieces:
        events += decoder.feed(piece)
    return events + decoder.close(end)


def _lines_until_done(reading: Reading) -> list[bytes]:
    """The lines of the stream before the one that brings `Done`."""
    decoder = reading.dialect.decoder()
    pieces: list[bytes] = []
    for line in reading.exchange.response.body[:_MOST].splitlines(keepends=True):
        if any(isinstance(event, Done) for event in decoder.feed(line)):
            break
        pieces.append(line)
    return pieces


def _of_the_ends(fault: str) -> bool:
    return any(words in fault for words in _ENDS)
