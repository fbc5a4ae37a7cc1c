"""Rules about the frames of a stream: line ends, payloads, the last blank line.

Rule of the file: comments, blank lines, CRLF, `data:` without its space and unknown event names are legal everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.reading import ABSENT, Frame, Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.rules.wholeness import no_number
from conformance.wire import shown, tail_of

BOOK = Rulebook("universal: frames")

_OTHER_LINE_ENDS = {
    "\u2028": "U+2028", "\u2029": "U+2029", "\u0085": "U+0085", "\v": "U+000B", "\f": "U+000C", "\x1c": "U+001C",
}  # fmt: skip
_FIELD_AFTER = re.compile(f"([{''.join(_OTHER_LINE_ENDS)}])(?:data|event|id|retry):")
_TERMINAL = b"[DONE]"


@BOOK.rule(
    "GN-03",
    "MUST",
    Scope.STREAM,
    "WHATWG HTML 9.2.5 (parsing an event stream)",
    framing=True,
    good='data: {"text": "one\\u2028line"} ended by LF, CR or CRLF',
    bad="two data lines parted by U+2028",
    why="a parser that follows the standard sees one line where the server meant two, and the JSON does not parse",
)
def lines_end_properly(reading: Reading) -> Iterator[Violation]:
    """Lines of an event stream end with LF, CR or CRLF; U+2028, U+2029 and U+0085 are data."""
    for frame in reading.oddities:
        if name := _other_line_end(reading, frame):
            yield Violation(f"{name} stands where a line should end", None, frame.number, "LF", shown(frame.data))


@BOOK.rule(
    "GN-06",
    "MUST",
    Scope.STREAM,
    "vendor SDKs: each frame's data is handed to a JSON parser",
    good='data: {"text": "a"}',
    bad='data: {"text": "a"}{"text": "b"}',
    why="openai and anthropic SDKs raise a JSON error in the middle of the answer",
)
def payload_is_one_object(reading: Reading) -> Iterator[Violation]:
    """The data of each frame, the `[DONE]` of an event stream apart, is exactly one JSON object."""
    for frame in reading.oddities:
        if _other_line_end(reading, frame) and reading.exchange.fidelity == "exact":
            continue  # GN-03 tells of it
        if frame.data != _TERMINAL or reading.framing != "sse":
            yield Violation(_what_it_is(frame), None, frame.number, "one JSON object", shown(frame.data, 200))
    for frame in reading.kinds:
        if (b"NaN" in frame.data or b"Infinity" in frame.data) and (name := no_number(frame.data)):
            yield Violation(f"{name} is no JSON number", None, frame.number, "a number or null", name)


@BOOK.rule(
    "GN-17",
    "MUST",
    Scope.STREAM,
    "WHATWG HTML 9.2.6: fields other than data, event, id and retry are ignored",
    framing=True,
    good='data: {"error": {"message": "overloaded"}}',
    bad='error: {"message": "overloaded"}',
    why="every client drops the line unseen: an error sent so looks like a stream that stops",
)
def payloads_stand_in_data(reading: Reading) -> Iterator[Violation]:
    """JSON in an event stream stands in `data` lines: what stands in another field, or in none, is lost."""
    for line in reading.stray:
        yield Violation("a JSON object stands outside of a data line, where no client sees it", got=shown(line, 200))


@BOOK.rule(
    "GN-07",
    "SHOULD",
    Scope.STREAM,
    "WHATWG HTML 9.2.6: an event that no blank line closed is discarded at the end",
    framing=True,
    good="data: [DONE] LF LF, then the end",
    bad="data: [DONE], then the end",
    why="a parser that follows the standard (EventSource, httpx-sse) drops the last event, often the terminal one",
)
def last_event_is_closed(reading: Reading) -> Iterator[Violation]:
    """The last event of a stream is closed by a blank line."""
    response = reading.exchange.response
    if reading.framing != "sse" or response.end != "eof":
        return
    lines = tail_of("sse", response.body).split(b"\n")
    if any(line.strip() and not line.startswith(b":") for line in lines):
        yield Violation("the last event is not closed by a blank line", got=shown(b"\n".join(lines)))


def _other_line_end(reading: Reading, frame: Frame) -> str | None:
    """The name of what stands where a line of an event stream should end; None when nothing does."""
    if reading.framing != "sse" or frame.json is not ABSENT or frame.data == _TERMINAL:
        return None
    hit = _FIELD_AFTER.search(frame.data.decode("utf-8", "replace"))
    return _OTHER_LINE_ENDS[hit[1]] if hit else None


def _what_it_is(frame: Frame) -> str:
    if frame.json is not ABSENT:
        return "the data is JSON, but not an object"
    if not frame.data.strip():
        return "the data is empty"
    if frame.data == _TERMINAL:
        return "[DONE] has no place in a stream that is no event stream"
    if frame.data.strip() == _TERMINAL:
        return "blanks stand around [DONE]"
    try:
        text = frame.data.decode("utf-8").lstrip()
        _, end = json.JSONDecoder().raw_decode(text)
    except UnicodeDecodeError:
        return "the data is not UTF-8"
    except (ValueError, RecursionError) as fault:
        return f"the data is not JSON: {fault}"
    return f"more follows after the JSON value, from character {end} on"
