"""Rules on how a streamed answer ends: usage, the sentinel, errors; and on its framing.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import Frame, Reading
from conformance.rulebook import Scope, Violation
from conformance.wire import tail_of

from .book import BOOK, inside, objects
from .fold import DONE, Fold, folded


@BOOK.rule(
    "OC-S13",
    "MUST",
    Scope.STREAM,
    "OpenAPI: stream_options.include_usage",
    good='"usage":null on every chunk, then {"choices":[],"usage":{…}}',
    bad="no usage chunk although it was asked for",
    why="usage is lost, or a client that stops at the finish chunk never sees it",
    survived="the SDK tells the same text, calls and reason; only what it cost is unknown, or known too early",
)
def usage_when_asked(reading: Reading) -> Iterator[Violation]:
    """With include_usage the last chunk has no choices and holds the usage; all others say usage: null."""
    fold, options = folded(reading), reading.asked.get("stream_options")
    if inside(options, "include_usage") is not True or not fold.judged_to_the_end or fold.audio or not fold.finished:
        return
    end = fold.done[0] if fold.done else len(reading.frames)
    last = next((one for one in reversed(fold.chunks) if one.number < end and _is_told(one)), None)
    if last is None:
        return  # all came after the end, which OC-S15 tells
    if last.json.get("choices") != [] or not isinstance(last.json.get("usage"), dict):
        yield Violation("the last chunk is no usage chunk", "$.usage", last.number, got=last.json.get("usage"))
    continuous = inside(options, "continuous_usage_stats") is True
    for chunk in () if continuous else (one for one in fold.kinds if one is not last and _is_told(one)):
        if chunk.json.get("usage") is None and "usage" in chunk.json:
            continue
        if not chunk.json["choices"] and "usage" not in chunk.json:  # some vendors begin so: see the deviations
            yield Violation("a chunk tells neither a choice nor usage", "$.choices", chunk.number)
            continue
        told = "is no null" if "usage" in chunk.json else "is missing"
        yield Violation(f"usage {told} before the last chunk", "$.usage", chunk.number, got=chunk.json.get("usage"))
        return


def _is_told(chunk: Frame) -> bool:
    """Whether a chunk is one of an answer; of what is none OC-S01 tells."""
    return isinstance(chunk.json.get("choices"), list)


@BOOK.rule(
    "OC-S14",
    "MUST",
    Scope.STREAM,
    "OpenAPI: stream_options.include_usage",
    good="no usage, or usage: null",
    bad='{"choices":[],"usage":{…}} that nobody asked for',
    why="clients that take choices[0] of every chunk crash on the empty list",
)
def usage_when_not_asked(reading: Reading) -> Iterator[Violation]:
    """Without include_usage no chunk holds usage."""
    options = reading.asked.get("stream_options")
    if not reading.asked or inside(options, "include_usage") or inside(options, "continuous_usage_stats"):
        return
    for chunk in folded(reading).kinds:
        if chunk.json.get("usage") is not None:
            yield Violation("usage came unasked", "$.usage", chunk.number, got=chunk.json["usage"])
            return


@BOOK.rule(
    "OC-S21",
    "INFO",
    Scope.STREAM,
    "recorded official streams: the finish chunk has an empty delta",
    good='{"delta":{},"finish_reason":"stop"}',
    bad='{"delta":{"content":" end."},"finish_reason":"stop"}',
    why="clients that stop at the reason without reading its delta lose the last words",
)
def finish_says_nothing_else(reading: Reading) -> Iterator[Violation]:
    """The chunk that tells the finish reason brings neither text nor a fragment of a call."""
    for choice in folded(reading).choices.values():
        ends = {finish.frame for finish in choice.finishes[:1]}
        said = (*choice.texts, *choice.fragments)
        for frame, path in {one[0]: one[1] for one in said if one[0] in ends}.items():
            yield Violation("the finish chunk brings a part of the answer", path, frame)


@BOOK.rule(
    "OC-S15",
    "MUST",
    Scope.STREAM,
    "OpenAPI: done event",
    good="data: [DONE] at the end",
    bad="end of the body after the finish chunk",
    why="clients wait for [DONE] until a timeout, or take a cut stream for a whole one",
)
def ends_with_done(reading: Reading) -> Iterator[Violation]:
    """A stream ends with exactly `data: [DONE]`, and nothing follows."""
    fold = folded(reading)
    if not fold.done:
        yield from _ends_otherwise(reading, fold)
        return
    first = reading.frames[fold.done[0]]
    if first.data != DONE:
        yield Violation(
            "the sentinel is not exactly [DONE]", None, first.number, "[DONE]", first.data.decode("utf-8", "replace")
        )
    if first.number + 1 < len(reading.frames):
        got = reading.frames[first.number + 1].data.decode("utf-8", "replace")
        yield Violation("a frame follows [DONE]", None, first.number + 1, got=got)


def _ends_otherwise(reading: Reading, fold: Fold) -> Iterator[Violation]:
    """What stands in place of the sentinel, or that nothing does; without its blank line it is GN-07's."""
    last = reading.frames[-1] if reading.frames else None
    if not fold.finished:
        return  # OC-S10 tells of it
    if last and not fold.failed and last in reading.oddities:
        got = last.data.decode("utf-8", "replace")
        yield Violation("the sentinel is not exactly [DONE]", None, last.number, "[DONE]", got)
    elif fold.judged_to_the_end and DONE not in tail_of("sse", reading.exchange.response.body):
        yield Violation("the stream ends without [DONE]")


@BOOK.rule(
    "OC-S16",
    "SHOULD",
    Scope.STREAM,
    "recorded official streams",
    framing=True,
    good="data: {…}",
    bad="event: message, then data: {…}",
    why="clients that dispatch on the event name skip the frame",
)
def no_event_names(reading: Reading) -> Iterator[Violation]:
    """Frames have no event name."""
    for frame in reading.frames:
        if frame.event not in ("", "error"):
            yield Violation("a frame has an event name", None, frame.number, got=frame.event)
            return


@BOOK.rule(
    "OC-E02",
    "MUST",
    Scope.STREAM,
    "SDK: a data object with a truthy error key raises",
    good='data: {"error":{"message":"…"}}, then the end',
    bad="an `error:` line, or an error inside a choice",
    why="clients take the failed answer for a finished one",
)
def errors_are_frames(reading: Reading) -> Iterator[Violation]:
    """An error in a stream is a data object with the key error, and the last thing that the stream says."""
    if b"error" not in reading.exchange.response.body:
        return  # what most streams are spared
    failed_at = next((frame.number for frame in reading.frames if inside(frame.json, "error")), None)
    for frame in reading.frames:
        if "error" in (frame.event, inside(frame.json, "object")) and not inside(frame.json, "error"):
            yield Violation("an error is told without an error object", "$.error", frame.number, got=_shown(frame.data))
        for at, choice in objects(frame.json, "choices"):
            if choice.get("error"):
                yield Violation(
                    "an error hides inside a choice", f"$.choices[{at}].error", frame.number, got=choice["error"]
                )
        if failed_at is not None and frame.number > failed_at and not _may_follow(frame):
            yield Violation("the stream goes on after an error", None, frame.number, got=_shown(frame.data))
            break
    if found := re.search(rb"(?:^|[\r\n])error: ?([^\r\n]*)", reading.exchange.response.body):
        yield Violation("an error is told in a field that parsers skip", None, None, "data: {…}", _shown(found[1]))


def _may_follow(frame: Frame) -> bool:
    """What may come after an error: the sentinel, and the expiry of audio that was sent before."""
    audio = [inside(choice, "delta", "audio") for _, choice in objects(frame.json, "choices")]
    return frame.data.strip() == DONE or (bool(audio) and None not in audio)


def _shown(data: bytes) -> str:
    return data[:200].decode("utf-8", "replace")
