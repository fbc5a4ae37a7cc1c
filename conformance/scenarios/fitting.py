"""Expectations of JSON: the arguments of calls and structured answers fit the JSON Schema that was sent.

Rule of the file: the schema that judges is the one in the request, never a copy.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from conformance.model import JSON, Reply, Tool
from conformance.rulebook import Violation
from conformance.scenarios.form import Expectation, Seen


def calls(*names: str) -> Expectation:
    """Exactly these tools are called, in any order, with ids of their own and arguments that fit their schemas."""

    def calls_tools(seen: Seen) -> Iterator[Violation]:
        if seen.reply is None:
            return
        found = seen.reply.tool_calls
        if Counter(call.name for call in found) != Counter(names):
            yield Violation("other tools were called", expected=list(names), got=[call.name for call in found])
        ids = [call.id for call in found]
        if "" in ids or len(set(ids)) != len(ids):
            yield Violation("every call needs an id of its own", got=ids)
        yield from _arguments_fit(seen.reply, seen.scenario.request.tools)
        if seen.scripted:
            yield from _arguments_equal(seen.reply, seen.scripted)

    return calls_tools


def _arguments_fit(reply: Reply, tools: tuple[Tool, ...]) -> Iterator[Violation]:
    schemas = {tool.name: tool.parameters or {"type": "object"} for tool in tools}
    for number, call in enumerate(reply.tool_calls):
        if call.input is None:
            yield Violation(f"the arguments of call {number} ({call.name}) are not JSON", got=call.arguments)
        elif call.name in schemas:
            yield from _misfits(schemas[call.name], call.input, f"call {number} ({call.name})")


def _arguments_equal(reply: Reply, scripted: Reply) -> Iterator[Violation]:
    said = [(call.name, call.input) for call in scripted.tool_calls]
    got = [(call.name, call.input) for call in reply.tool_calls]
    if got != said:
        yield Violation("the calls are not the ones that were made", expected=said, got=got)


def json_fits(seen: Seen) -> Iterator[Violation]:
    """The text is JSON that fits the schema that was asked for."""
    wanted = seen.scenario.request.response_format
    if seen.reply is None or wanted is None:
        return
    try:
        value = json.loads(seen.reply.text)
    except ValueError as fault:
        yield Violation(f"the text is not JSON: {fault}", got=seen.reply.text)
        return
    yield from _misfits(wanted.schema or {"type": "object"}, value, "the answer")


def _misfits(schema: Mapping[str, JSON], value: JSON, what: str) -> Iterator[Violation]:
    from conformance.schema import problems

    for one in problems(schema, value):
        yield one._replace(message=f"{what} does not fit the schema: {one.message}")
