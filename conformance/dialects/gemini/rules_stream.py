"""Rules on a stream as a whole: how it is framed, what stays equal, how it ends.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, Chunk, candidates, chunks, inside, objects, parts

_SAME = ("responseId", "modelVersion")
_MOST = 3
"""So many chunks that only grow are no accident."""


@BOOK.rule(
    "GM-S01",
    "MUST",
    Scope.STREAM,
    "google-genai SDK: every data line is handed to a JSON parser; no recorded stream has more",
    framing=True,
    good="data: {…}, end of the body",
    bad="event: message / data: [DONE]",
    why="the SDK raises at [DONE]",
)
def data_lines_only(reading: Reading) -> Iterator[Violation]:
    """Events have data lines only: no names, and no [DONE] at the end."""
    for frame in reading.frames:
        if frame.event:
            yield Violation("an event has a name", None, frame.number, "data lines only", frame.event)
        if frame.data.strip() == b"[DONE]":
            yield Violation("[DONE] has no place here", None, frame.number)


@BOOK.rule(
    "GM-S02",
    "MUST",
    Scope.STREAM,
    "every recorded stream",
    good='"responseId":"r1" on every chunk',
    bad='"responseId":"r1", then "responseId":"r2"',
    why="logs and calls whose ids are made of it fall apart into several answers",
    survived="the SDK tells the same text and calls, and gathers nothing by id or model",
)
def one_answer(reading: Reading) -> Iterator[Violation]:
    """responseId and modelVersion are the same on all chunks that have them."""
    for name in _SAME:
        first: JSON = None
        for chunk in chunks(reading):
            found = chunk.data.get(name)
            if found and first and found != first:
                yield Violation(f"{name} changes in the stream", f"$.{name}", chunk.frame, first, found)
                break
            first = first or found


@BOOK.rule(
    "GM-S03",
    "MUST",
    Scope.STREAM,
    "every recorded stream, but those in which the server runs code",
    good='…, {"content":{…},"finishReason":"STOP"}, end of the body',
    bad="…, end of the body",
    why="a cut answer looks like a finished one",
)
def one_finish(reading: Reading) -> Iterator[Violation]:
    """Each candidate has one finishReason, on its last chunk with content; code that the server runs may go on."""
    said: dict[JSON, list[int | None]] = {}
    after: list[Chunk] = []
    for chunk in chunks(reading):
        for _, one in candidates(chunk):
            index = repr(one.get("index") or 0)
            ends = said.setdefault(index, [])
            if ends and any(_says(part) for _, part in objects(one.get("content"), "parts")):
                after.append(chunk)
            if one.get("finishReason"):
                ends.append(chunk.frame)
    if failed(reading) or _runs_code(reading):
        return
    for index, ends in said.items():
        if not ends and not reading.partial:
            yield Violation(f"candidate {index} has no finishReason", "$.candidates[].finishReason")
        if len(ends) > 1:
            yield Violation(f"candidate {index} has {len(ends)} finishReasons", "$.candidates[].finishReason", ends[1])
    for chunk in after:
        yield Violation("content follows the finishReason", "$.candidates[].content", chunk.frame)


@BOOK.rule(
    "GM-S04",
    "MUST",
    Scope.STREAM,
    "google-genai SDK types: prompt_feedback, only in the first chunk when no candidates were generated",
    good='{"promptFeedback":{"blockReason":"SAFETY"}} as the one chunk',
    bad='{"candidates":[…]}, then {"promptFeedback":{"blockReason":"SAFETY"}}',
    why="clients have shown half an answer when they learn that there is none",
)
def block_comes_first(reading: Reading) -> Iterator[Violation]:
    """A blockReason stands in the first chunk, which has no candidates."""
    for number, chunk in enumerate(chunks(reading)):
        if inside(chunk.data, "promptFeedback", "blockReason") and (number or any(candidates(chunk))):
            yield Violation("blockReason comes with or after candidates", "$.promptFeedback.blockReason", chunk.frame)


@BOOK.rule(
    "GM-S05",
    "MUST",
    Scope.STREAM,
    "every recorded stream; the SDK's chat joins the texts",
    good='"Hel", then "lo"',
    bad='"Hel", then "Hello", then "Hello!"',
    why="clients show the beginning again and again",
)
def increments(reading: Reading) -> Iterator[Violation]:
    """Text parts are increments: a chunk does not repeat what was said before."""
    texts = [(chunk, _text(chunk)) for chunk in chunks(reading) if _text(chunk)]
    grows = [len(b) > len(a) and b.startswith(a) for (_, a), (_, b) in pairwise(texts)]
    if len(texts) >= _MOST and all(grows):
        yield Violation("each text repeats the one before", "$.candidates[0].content.parts", texts[1][0].frame)


@BOOK.rule(
    "GM-S07",
    "SHOULD",
    Scope.STREAM,
    "recorded streams of the Developer API",
    good='{"content":{…},"index":0}, {"content":{…},"index":1}',
    bad="two candidates of one chunk, none of which has an index",
    why="the texts of several answers run together",
)
def index(reading: Reading) -> Iterator[Violation]:
    """Candidates of a chunk are told apart by index; the first may leave out its 0."""
    for chunk in chunks(reading):
        seen = [one.get("index") or 0 for _, one in candidates(chunk)]
        if len({repr(one) for one in seen}) < len(seen):
            yield Violation("two candidates have one index", "$.candidates[].index", chunk.frame, got=seen)


def _says(part: dict[str, JSON]) -> bool:
    return any(value not in ("", None) for name, value in part.items() if name not in ("thought", "thoughtSignature"))


def _text(chunk: Chunk) -> str:
    found = [one for _, one in candidates(chunk) if not one.get("index")]
    pieces = [part.get("text") for one in found for _, part in objects(one.get("content"), "parts")]
    return "".join(piece for piece in pieces if isinstance(piece, str))


def failed(reading: Reading) -> bool:
    """Whether a stream says an error: what was owed is owed no more."""
    return any(chunk.data.get("error") for chunk in chunks(reading))


def _runs_code(reading: Reading) -> bool:
    return any("executableCode" in part for chunk in chunks(reading) for _, part in parts(chunk))
