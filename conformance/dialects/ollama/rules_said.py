"""Rules on what an answer says and counts, and on what was asked for.

Rule of the file: an answer that was cut, failed or left early owes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.dialects.demands import written_calls
from conformance.model import Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, answers, inside, lines, objects

_MOST = 3
"""So many lines that only grow are no accident."""


@BOOK.rule(
    "OL-R02",
    "MUST",
    Scope.REPLY,
    "API reference: a response without streaming is the final one",
    good='"done":true,"done_reason":"stop"',
    bad='"done":false in a whole answer',
    why="clients wait for the lines that follow",
)
def whole_is_done(reading: Reading) -> Iterator[Violation]:
    """A whole answer is done."""
    for frame, value in answers(reading):
        if value.get("done") is False:
            yield Violation("a whole answer is not done", "$.done", frame, "true", "false")


@BOOK.rule(
    "OL-R03",
    "MUST",
    Scope.REPLY,
    "server source: api.ToolCallFunctionArguments",
    good='{"function":{"name":"f","arguments":{"a":1}}}',
    bad='{"function":{"name":"f","arguments":"{\\"a\\":1}"}}',
    why="the SDK raises a validation error",
)
def calls_are_whole(reading: Reading) -> Iterator[Violation]:
    """The calls of a whole answer have a name and an object of arguments."""
    for frame, value in answers(reading):
        for at, call in objects(value.get("message"), "tool_calls"):
            where, arguments = f"$.message.tool_calls[{at}].function", inside(call, "function", "arguments")
            if not isinstance(arguments, dict):
                yield Violation("arguments are no object", f"{where}.arguments", frame, "an object", arguments)
            if not isinstance(name := inside(call, "function", "name"), str) or not name:
                yield Violation("the call has no name", f"{where}.name", frame, "a name", name)


@BOOK.rule(
    "OL-R04",
    "SHOULD",
    Scope.ANSWER,
    "API reference: eval_count; counts of 0 are left out",
    good='{"done":true,"eval_count":4,"message":{"content":"Hello"}}',
    bad='{"done":true,"message":{"content":"Hello"}} without eval_count',
    why="the cost and the speed of the call are unknown; nothing else says them",
)
def tokens_are_counted(reading: Reading) -> Iterator[Violation]:
    """An answer that says something counts its tokens on the object that is done."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or not (last.reply.text or last.reply.tool_calls):
        return
    for frame, value in answers(reading):
        if value.get("done") is True and not value.get("eval_count"):
            yield Violation("the tokens are not counted", "$.eval_count", frame, "a count", value.get("eval_count"))


@BOOK.rule(
    "OL-R05",
    "SHOULD",
    Scope.ANSWER,
    "a model may have nothing to say, hence no MUST",
    good='"content":"Hello","done_reason":"stop"',
    bad='"content":"","done_reason":"stop", eval_count 9',
    why="the user sees nothing, and nothing says why",
)
def something_is_said(reading: Reading) -> Iterator[Violation]:
    """An answer that made tokens and ends with stop says, thinks or calls something."""
    last = reading.events[-1] if reading.events else None
    loaded = any(value.get("done_reason") in ("load", "unload") for _, value in answers(reading))
    if isinstance(last, Done) and last.reason == "stop" and last.usage.output and not loaded:
        said = last.reply.text.strip() or last.reply.thinking or last.reply.tool_calls
        if not said and not any(inside(value, "message", "images") for _, value in answers(reading)):
            yield Violation("tokens were made, and nothing is said", "$.message.content", None, None, last.reply.text)


@BOOK.rule(
    "OL-R06",
    "MUST",
    Scope.ANSWER,
    "server source: each call gets an id of its own",
    good='"id":"call_a", then "id":"call_b"',
    bad='"id":"call_a" on both calls',
    why="both results are taken for those of one call",
    survived="the SDK reads no ids, and results are told by the name of the tool",
)
def calls_have_own_ids(reading: Reading) -> Iterator[Violation]:
    """No two calls of an answer have one id."""
    known: set[str] = set()
    for frame, value in answers(reading):
        for at, call in objects(value.get("message"), "tool_calls"):
            id = call.get("id")
            if isinstance(id, str) and id in known:
                yield Violation("the id is taken", f"$.message.tool_calls[{at}].id", frame, "an id of its own", id)
            known |= {id} if isinstance(id, str) and id else set()


@BOOK.rule(
    "OL-S08",
    "MUST",
    Scope.STREAM,
    "API reference: the SDK's examples add the contents up",
    good='"Hel", then "lo"',
    bad='"Hel", then "Hello", then "Hello!"',
    why="clients show the beginning again and again",
)
def increments(reading: Reading) -> Iterator[Violation]:
    """The contents of lines are increments: none repeats what was said before."""
    told = [(one.number, inside(one.json, "message", "content")) for one in lines(reading)]
    texts = [(number, text) for number, text in told if isinstance(text, str) and text]
    if len(texts) >= _MOST and all(len(b) > len(a) and b.startswith(a) for (_, a), (_, b) in pairwise(texts)):
        yield Violation("each content repeats the one before", "$.message.content", texts[1][0])


@BOOK.rule(
    "OL-A01",
    "SHOULD",
    Scope.ANSWER,
    "server source: the tool parser; a model may write so too, hence no MUST",
    good='"tool_calls":[{"function":{…}}]',
    bad='"content":"<tool_call>{…}</tool_call>"',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a call, not markup in the text."""
    yield from written_calls(reading, "$.message.content")


@BOOK.rule(
    "OL-A02",
    "MUST",
    Scope.ANSWER,
    "API reference: think false",
    good='"think":false, no thinking',
    bad='"think":false, "thinking":"Let me see."',
    why="the answer takes the time and the tokens that the program wanted to save",
)
def thinking_is_off(reading: Reading) -> Iterator[Violation]:
    """Where thinking was switched off, none comes."""
    for frame, value in answers(reading) if reading.asked.get("think") is False else ():
        if thought := inside(value, "message", "thinking"):
            yield Violation("thinking comes, though it is off", "$.message.thinking", frame, None, thought)
            return


@BOOK.rule(
    "OL-A03",
    "SHOULD",
    Scope.ANSWER,
    "API reference: logprobs",
    good='"logprobs":true, "logprobs":[{"token":"Hi",…}]',
    bad='"logprobs":true, and none on any line',
    why="programs that weigh an answer by its likelihood fail, or take it for certain",
)
def logprobs_come(reading: Reading) -> Iterator[Violation]:
    """Where log probabilities are asked for, a text has them."""
    last = reading.events[-1] if reading.events else None
    if reading.asked.get("logprobs") is not True or not isinstance(last, Done) or not last.reply.text:
        return
    if not any(value.get("logprobs") for _, value in answers(reading)):
        yield Violation("log probabilities were asked for", "$.logprobs", None, "a list of tokens")
