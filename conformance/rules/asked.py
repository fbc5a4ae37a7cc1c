"""Rules that hold an answer against what the request asked of it: its length, its stops, its tools, its form.

Rule of the file: what was asked is what the dialect's own server half understands; a request that it refuses asks
nothing. A model may ignore an instruction, so only what the server itself has to see to is judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import ChatRequest, Done, Reply
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: what was asked")

_COMPLETE = ("stop", "tool_use")
"""Stops of an answer that was neither cut nor filtered nor refused."""

_MARKS = 4
"""Tokens by which vendors count more than they show: the end of a turn, the end of thinking."""


def _pairs(reading: Reading) -> Iterator[tuple[ChatRequest, Reply]]:
    """What was asked and what came of it, where both are known."""
    last = reading.events[-1] if reading.events else None
    if isinstance(last, Done) and reading.wanted is not None:
        yield reading.wanted, last.reply


@BOOK.rule(
    "GN-22",
    "MUST",
    Scope.ANSWER,
    "vendors' API references: stop sequences are not part of the answer",
    good='stop ["four"], the text "one, two, three, "',
    bad='stop ["four"], the text "one, two, three, four, five"',
    why="programs that parse what stands before the stop read on into what the model made up",
)
def stops_are_kept(reading: Reading) -> Iterator[Violation]:
    """An answer ends before the first stop sequence that was asked for; none stands in its text."""
    for asked, reply in _pairs(reading):
        found = next((one for one in asked.stop if one and one in reply.text), None)
        if found is not None:
            at = reply.text.index(found)
            yield Violation("a stop sequence stands in the text", None, None, found, reply.text[max(0, at - 20) :])


@BOOK.rule(
    "GN-23",
    "MUST",
    Scope.ANSWER,
    "vendors' API references: the limit on output tokens",
    good="max_tokens 16, 16 output tokens, stopped by the length",
    bad="max_tokens 16, 400 output tokens, stopped by itself",
    why="the answer costs and lasts more than the program allowed",
)
def limit_is_kept(reading: Reading) -> Iterator[Violation]:
    """An answer has no more tokens than were allowed: neither as it counts them, nor in words of its text."""
    for asked, reply in _pairs(reading):
        limit = asked.max_tokens
        if limit is None or limit < 1:
            continue
        told, words = reply.usage.output or 0, len(reply.text.split())
        if told - (reply.usage.reasoning or 0) > limit + _MARKS:
            yield Violation("the answer counts more tokens than were allowed", None, None, f"at most {limit}", told)
        elif words > 1.5 * limit + 8:  # a word is a token or more; a few odd tokenizers join some
            yield Violation("the text has more words than tokens were allowed", None, None, f"at most {limit}", words)


@BOOK.rule(
    "GN-24",
    "MUST",
    Scope.ANSWER,
    "vendors' API references: tool choice",
    good="tool choice none, a text; a named tool, a call of that tool",
    bad="tool choice none, a call; a named tool, a call of another",
    why="the program gets a call that it has no answer to, or cannot find the one it forced",
)
def choice_is_kept(reading: Reading) -> Iterator[Violation]:
    """Where no call is allowed none comes; where one tool is named, no other is called."""
    for asked, reply in _pairs(reading):
        choice, called = asked.tool_choice, [call.name for call in reply.tool_calls]
        if choice and choice.mode == "none" and called:
            yield Violation("a tool is called, and none was allowed", None, None, "no call", called)
        elif choice and choice.mode == "tool" and any(name != choice.name for name in called):
            yield Violation("another tool is called than the one that was demanded", None, None, choice.name, called)


@BOOK.rule(
    "GN-25",
    "MUST",
    Scope.ANSWER,
    "vendors' API references: parallel tool calls",
    good="parallel calls off, one call",
    bad="parallel calls off, two calls",
    why="programs that take one call at a time answer the first and send back a history that is refused",
)
def one_call_at_a_time(reading: Reading) -> Iterator[Violation]:
    """Where calls in parallel were switched off, at most one comes."""
    for asked, reply in _pairs(reading):
        if asked.parallel_tool_calls is False and len(reply.tool_calls) > 1:
            names = [call.name for call in reply.tool_calls]
            yield Violation(f"{len(names)} calls come at once", None, None, "at most one call", names)


@BOOK.rule(
    "GN-26",
    "MUST",
    Scope.ANSWER,
    "vendors' guides to structured output",
    good='a schema with the key `city`, the text {"city": "Oslo"}',
    bad="a schema with the key `city`, the text `The city is Oslo.`",
    why="the program that parses the answer fails, or reads a value that the schema rules out",
)
def form_is_kept(reading: Reading) -> Iterator[Violation]:
    """A complete answer to a request for JSON is JSON, and fits the schema that was given."""
    for asked, reply in _pairs(reading):
        form = asked.response_format
        if form is None or reply.stop not in _COMPLETE or reply.tool_calls or not reply.text.strip():
            continue
        try:
            value = json.loads(reply.text)
        except (ValueError, RecursionError):
            yield Violation("JSON was asked for, and the text is none", None, None, "JSON", reply.text)
            continue
        if form.schema is not None:
            yield from _misfits(form.schema, value)


def _misfits(schema: object, value: object) -> Iterator[Violation]:
    from conformance.errors import InputError
    from conformance.schema import problems

    try:
        found = problems(schema, value) if isinstance(schema, dict) else []
    except InputError:
        return  # the request's own fault
    for one in found[:1]:
        yield one._replace(message=f"the answer does not fit its schema: {one.message}", path=None)


@BOOK.rule(
    "GN-27",
    "MUST",
    Scope.ANSWER,
    "vendors' API references: the field `stream`",
    good="a stream asked for, an event stream comes",
    bad="a stream asked for, one JSON body comes",
    why="SDKs that were told to stream read nothing from a whole body; those that were not fail to parse a stream",
)
def way_is_kept(reading: Reading) -> Iterator[Violation]:
    """An answer is streamed when a stream was asked for, and whole when none was."""
    if (asked := reading.wants_stream) is None or not (reading.streamed or isinstance(reading.reply, dict)):
        return  # what is neither a stream nor an answer is another rule's business
    if reading.exchange.fidelity == "body_only":
        return  # who recorded what an SDK made of it did not see which way it came
    if not reading.exchange.response.body.strip():
        return
    if asked != reading.streamed:
        ways = ("a whole answer", "a stream")
        yield Violation(f"{ways[asked]} was asked for", None, None, ways[asked], ways[reading.streamed])
