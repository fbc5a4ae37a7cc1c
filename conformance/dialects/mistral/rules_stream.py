"""Rules on streamed answers that openai-chat does not have, or has otherwise.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside, objects
from conformance.dialects.openai_chat.fold import folded
from conformance.dialects.openai_chat.rules_stream_end import ends_with_done
from conformance.model import Done, ToolCallEnd
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .rules_reply import FINISH, content_faults, usage_faults


@BOOK.rule(
    "MI-S01",
    "MUST",
    Scope.STREAM,
    "SDK types: FunctionCall.name and .arguments are required; recorded streams",
    good='{"id":"gSIMJiOkT","function":{"name":"f","arguments":"{}"}}; later {"function":{"name":"","arguments":"…"}}',
    bad='{"index":0,"function":{"arguments":"{"}}',
    why="the SDK refuses every chunk whose call has no name, and the stream ends there",
)
def fragments_are_calls(reading: Reading) -> Iterator[Violation]:
    """Every fragment of a call has a name (empty on later ones) and arguments; a whole call's are a JSON object."""
    for choice in folded(reading).choices.values():
        for one in choice.fragments:
            if not isinstance(name := inside(one.call, "function", "name"), str):
                yield Violation("a fragment has no name", f"{one.path}.function.name", one.frame, got=name)
            if not isinstance(told := inside(one.call, "function", "arguments"), str | dict):
                yield Violation("a fragment has no arguments", f"{one.path}.function.arguments", one.frame, got=told)
    last = reading.events[-1]
    if isinstance(last, Done) and last.reason in ("stop", "tool_use"):
        for event in reading.events:
            if isinstance(event, ToolCallEnd) and not isinstance(event.call.input, dict):
                told = f"the arguments of {event.call.name or 'a call'} are no JSON object"
                yield Violation(told, "$.choices[].delta.tool_calls", got=event.call.arguments)
            if isinstance(event, ToolCallEnd) and not (event.call.name and event.call.id):
                yield Violation("a call never tells its id and name", "$.choices[].delta.tool_calls", got=event.call.id)


@BOOK.rule(
    "MI-S02",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor",
    good='{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{…}}',
    bad="a finish chunk without usage",
    why="usage is lost for clients that stop at the finish chunk",
    survived="the SDK tells the same text, calls and reason; only what it cost is unknown",
)
def usage_on_finish(reading: Reading) -> Iterator[Violation]:
    """The last chunk that finishes a choice carries the usage, with three counts."""
    fold = folded(reading)
    finishing = [
        one for one in fold.chunks if any(said.get("finish_reason") for _, said in objects(one.json, "choices"))
    ]
    if finishing and fold.judged_to_the_end:
        yield from usage_faults(finishing[-1].json.get("usage"), finishing[-1].number)


@BOOK.rule(
    "MI-S03",
    "MUST",
    Scope.STREAM,
    "SDK types: DeltaMessage, ContentChunk, ThinkChunk",
    good='"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]',
    bad='"content":[{"type":"thinking","thinking":"Hm."}]',
    why="the SDK refuses the chunk, and the stream ends there",
)
def content_shape(reading: Reading) -> Iterator[Violation]:
    """The content of a delta is a string, null or a list of typed parts; thinking is a list of parts."""
    for chunk in folded(reading).chunks:
        for at, choice in objects(chunk.json, "choices"):
            yield from content_faults(
                inside(choice, "delta", "content"), f"$.choices[{at}].delta.content", chunk.number
            )


@BOOK.rule(
    "MI-S04",
    "MUST",
    Scope.STREAM,
    "SDK: the sentinel of the event stream",
    good="data: [DONE] at the end",
    bad="end of the body after the finish chunk",
    why="a cut stream cannot be told from a whole one: the finish chunk is the last before it",
    survived="the SDK takes the end of the body for the end of the answer",
)
def sentinel(reading: Reading) -> Iterator[Violation]:
    """A stream ends with exactly `data: [DONE]`, and nothing follows."""
    yield from ends_with_done(reading)


@BOOK.rule(
    "MI-S06",
    "MUST",
    Scope.STREAM,
    "OpenAPI: CompletionResponseStreamChoice.finish_reason",
    good='"finish_reason":null …, then "finish_reason":"stop" once',
    bad="[DONE] without any finish_reason",
    why="a client cannot tell a finished answer from one that was cut",
)
def one_finish(reading: Reading) -> Iterator[Violation]:
    """Each choice is given exactly one finish reason, one of the five; its role, when told, is assistant."""
    fold = folded(reading)
    for choice in fold.choices.values():
        for role in choice.roles:
            if role.value != "assistant":
                yield Violation("role is wrong", role.path, role.frame, "assistant", role.value)
        for finish in choice.finishes:
            if finish.value not in FINISH:
                yield Violation("finish_reason is none of the five", finish.path, finish.frame, FINISH, finish.value)
        for finish in choice.finishes[1:2]:
            yield Violation("a choice finishes again", finish.path, finish.frame, got=finish.value)
        if not choice.finishes and fold.judged_to_the_end:
            yield Violation(f"choice {choice.index} never finishes", "$.choices[].finish_reason")
    if not fold.choices and fold.judged_to_the_end:
        yield Violation("no choice ever came", "$.choices")
