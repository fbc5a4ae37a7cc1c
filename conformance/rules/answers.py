"""Rules about an answer held against its request: its status, the label of a whole one, the tools that it calls.

Rule of the file: what was asked is read by the dialect's own server half; a request that it refuses tells nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from conformance.errors import InputError
from conformance.model import JSON, Done, ToolCall
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.rules.transport import is_utf8
from conformance.schema import problems

BOOK = Rulebook("universal: answers")


@BOOK.rule(
    "GN-19",
    "MUST",
    Scope.ANY,
    "RFC 9110 section 15; no vendor documents another answer",
    good="HTTP 200 with an answer, HTTP 404 with an error",
    bad="HTTP 302 to a login page",
    why="SDKs raise a bare status error, or follow to a page that is no answer",
)
def status_is_answer_or_error(reading: Reading) -> Iterator[Violation]:
    """The status of an answer is 2xx, or of 400 to 599 when it is an error."""
    if not reading.ok and not 400 <= reading.status < 600:
        yield Violation(
            "the status is neither an answer's nor an error's", expected="2xx, 4xx or 5xx", got=reading.status
        )


@BOOK.rule(
    "GN-20",
    "MUST",
    Scope.REPLY,
    "RFC 8259 section 11; what every vendor's server sends",
    good="content-type: application/json above a whole answer",
    bad="content-type: text/html above a whole answer",
    why="clients that look at the label hand the body out as text, or refuse it",
)
def whole_is_labelled(reading: Reading) -> Iterator[Violation]:
    """A whole 2xx answer is labelled `application/json`, and with no other charset than UTF-8."""
    response = reading.exchange.response
    label = response.header("content-type")
    if response.body.lstrip()[:1] == b"<":
        return  # a page is no answer, whatever its label: JS-R tells of it
    if reading.exchange.fidelity == "body_only" or (label is not None and "/" not in label):
        return  # the label is the recorder's, or masked by it
    if label is None:
        if response.header("date") and response.body.strip():  # no date: a recorder dropped some headers
            yield Violation("the answer has no content type", expected="application/json")
        return
    kind = label.partition(";")[0].strip().lower()
    if response.body.strip() and kind != "application/json" and not kind.endswith("+json"):
        yield Violation("the answer has the wrong content type", expected="application/json", got=label)
    elif response.body.strip() and not is_utf8(label):
        yield Violation("the answer is labelled with another charset than its own", expected="utf-8", got=label)


@BOOK.rule(
    "GN-21",
    "SHOULD",
    Scope.ANSWER,
    "vendor guides to tool use; a model may err too, hence no MUST",
    good='get_weather is offered and requires city, {"city": "Oslo"} comes',
    bad="get_weather is offered and requires city, {} comes; or set_weather is called",
    why="the program has no such function, or calls it without what it needs: often a gateway lost the arguments",
)
def calls_fit_their_tools(reading: Reading) -> Iterator[Violation]:
    """A call names a tool that was offered, and brings the arguments that the tool's schema asks for."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reason == "length" or not last.reply.tool_calls:
        return
    offered = _offered(reading)
    for call in last.reply.tool_calls:
        if call.name in offered:
            yield from _misfits(call, offered[call.name])
        elif (offered or _offers_nothing(reading)) and f'"{call.name}"'.encode() not in reading.exchange.request.body:
            yield Violation(f"no tool {call.name!r} was offered", None, None, sorted(offered), call.name)


def _offered(reading: Reading) -> dict[str, Mapping[str, JSON]]:
    """The schema of each offered function by name; none when the request's own server would refuse it."""
    tools = reading.wanted.tools if reading.wanted else ()
    return {tool.name: tool.parameters if isinstance(tool.parameters, Mapping) else {} for tool in tools}


def _offers_nothing(reading: Reading) -> bool:
    """Whether a request that is in order has no tools, in whatever words; vendors add to tools, never to none."""
    body = reading.exchange.request.body
    return reading.wanted is not None and b'"tool' not in body and b'"function' not in body


def _misfits(call: ToolCall, schema: Mapping[str, JSON]) -> Iterator[Violation]:
    """What of a call's arguments its tool's schema forbids; what is missing is told first and alone."""
    brought = _arguments(call.arguments)
    if brought is None:
        return  # which the dialect's own rules tell
    required = _required(schema)
    if any(name not in brought for name in required):
        yield Violation(f"{call.name} is called without what it requires", None, None, required, call.arguments)
        return
    try:
        found = problems(schema, brought)
    except InputError:
        return  # the request's own fault
    for one in found[:1]:
        text = f"{call.name} is called with arguments that do not fit its schema: {one.message}"
        yield Violation(text, None, None, one.expected, call.arguments)


def _required(schema: Mapping[str, JSON]) -> list[str]:
    found = schema.get("required")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _arguments(text: str) -> dict[str, JSON] | None:
    """The arguments as an object; None when they are none."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
