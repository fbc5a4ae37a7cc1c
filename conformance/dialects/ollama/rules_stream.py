"""Rules on streams: lines, their order, what each may hold.

Rule of the file: a stream that failed, or that the consumer left, owes no end.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation
from conformance.wire import shown, tail_of

from .book import BOOK, answers, failed, inside, lines, objects, word_in
from .words import DONE

COUNTERS = (
    "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration",
)  # fmt: skip


@BOOK.rule(
    "OL-S01",
    "MUST",
    Scope.STREAM,
    "API reference: a stream of JSON objects, one a line",
    framing=True,
    good='{"model":…} LF {"model":…} LF',
    bad='data: {"model":…} LF LF',
    why="clients parse line by line: a `data:` before the object, or an object over two lines, does not parse",
)
def one_object_a_line(reading: Reading) -> Iterator[Violation]:
    """Every line of a stream is one JSON object, ended by LF; there is no SSE framing."""
    for frame in reading.frames:
        if not isinstance(frame.json, dict):
            sse = frame.data.startswith((b"data:", b"event:", b"id:", b"retry:", b":"))
            what = "a line of an event stream" if sse else "a line that is no JSON object"
            yield Violation(what, None, frame.number, "one JSON object", shown(frame.data))
    if reading.exchange.response.end == "eof" and (rest := tail_of("ndjson", reading.exchange.response.body)).strip():
        yield Violation("the last line is not ended by LF", got=shown(rest))


@BOOK.rule(
    "OL-S02",
    "MUST",
    Scope.STREAM,
    "API reference: the final response",
    good="lines with done false, then one with done true",
    bad="two lines with done true; or none",
    why="clients stop at the first, or wait for ever",
)
def one_done(reading: Reading) -> Iterator[Violation]:
    """Exactly one line says done: true, and it is the last."""
    if failed(reading):
        return
    said = lines(reading)
    ends = [frame.number for frame in said if frame.json.get("done") is True]
    if len(ends) != 1:
        yield Violation(f"{len(ends)} lines say done: true, one is due")
    elif said[-1].number != ends[0]:
        yield Violation("lines come after done: true", None, ends[0])


@BOOK.rule(
    "OL-S03",
    "MUST",
    Scope.STREAM,
    "server source: api.Message.content is always written",
    good='every line {"model":"m",…,"message":{"role":"assistant","content":""}}',
    bad="another model on a later line; a message without content",
    why="clients that add up `message.content` stop at a missing one",
)
def lines_are_alike(reading: Reading) -> Iterator[Violation]:
    """The model is the same on all lines, and every line has a content that is a string."""
    said = lines(reading)
    for frame in said:
        if not isinstance(content := inside(frame.json, "message", "content"), str):
            yield Violation("no content", "$.message.content", frame.number, got=content)
        if (model := frame.json.get("model")) != (first := said[0].json.get("model")):
            yield Violation("another model than before", "$.model", frame.number, first, model)


@BOOK.rule(
    "OL-S04",
    "MUST",
    Scope.STREAM,
    "server source: the tool parser gives whole calls",
    good='{"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},"done":false}',
    bad='"arguments":"{\\"a\\":"; or calls on the line with done true',
    why="clients take each call as it is and make it",
)
def calls_are_whole(reading: Reading) -> Iterator[Violation]:
    """Calls come whole, with their name and an object of arguments, on lines with done: false."""
    for frame in lines(reading):
        for at, call in objects(frame.json.get("message"), "tool_calls"):
            where, arguments = f"$.message.tool_calls[{at}].function", inside(call, "function", "arguments")
            if not isinstance(arguments, dict):
                yield Violation("arguments are no object", f"{where}.arguments", frame.number, got=arguments)
            if not isinstance(name := inside(call, "function", "name"), str) or not name:
                yield Violation("the call has no name", f"{where}.name", frame.number, got=name)
            if frame.json.get("done") is True:
                yield Violation("a call on the last line", "$.message.tool_calls", frame.number)


@BOOK.rule(
    "OL-S05",
    "MUST",
    Scope.STREAM,
    "server source: thinking ends before content begins",
    good="lines with thinking, then lines with content",
    bad="content, thinking, content",
    why="clients close the thoughts at the first word of the answer",
)
def thinking_comes_first(reading: Reading) -> Iterator[Violation]:
    """What the model thinks comes before what it says."""
    spoken = False
    for frame in lines(reading):
        if spoken and inside(frame.json, "message", "thinking"):
            yield Violation("thinking after content", "$.message.thinking", frame.number)
        spoken = spoken or bool(inside(frame.json, "message", "content"))


@BOOK.rule(
    "OL-S06",
    "MUST",
    Scope.STREAM,
    "server source: api.Metrics are set when done",
    good='{"done":true,"prompt_eval_count":5,"eval_count":4}',
    bad='{"done":false,"eval_count":1}',
    why="clients that add up the counts of all lines count twice",
    survived="the SDK hands on each line as it is, and the counts of the last one are right",
)
def counters_come_last(reading: Reading) -> Iterator[Violation]:
    """Counters stand on the last line only."""
    for frame in lines(reading):
        early = [name for name in COUNTERS if frame.json.get(name)]
        if early and frame.json.get("done") is not True:
            yield Violation("counters before the end", f"$.{early[0]}", frame.number, got=frame.json[early[0]])


@BOOK.rule(
    "OL-S07",
    "MUST",
    Scope.ANSWER,
    "server source: llm.DoneReason",
    good='{"done":true,"done_reason":"stop"}, after calls too',
    bad='{"done":true,"done_reason":"tool_calls"}',
    why="clients know no other words",
)
def done_reason_is_known(reading: Reading) -> Iterator[Violation]:
    """done_reason is stop, length, load, unload or nothing."""
    for frame, value in answers(reading):
        reason = value.get("done_reason", "")
        if not word_in(reason, (*DONE, "")):
            yield Violation("an unknown reason", "$.done_reason", frame, [*DONE, ""], reason)
