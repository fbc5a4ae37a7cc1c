"""Rules about an answer held against its request: its status, the label of a whole one, the tools that it calls.

Rule of the file: what was asked is read by the dialect's own server half; a request that it refuses tells nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

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
    """A whole 2xx answer is labelled `application/json`."""
    response = reading.exchange.response
    label = response.header("content-type")
    if reading.exchange.fidelity == "body_only" or (label is not None and "/" not in label):
        return  # the label is the recorder's, or masked by it
    if label is None:
        if response.header("date") and response.body.strip():  # no date: a recorder dropped some headers
            yield Violation("the answer has no content type", expected="application/json")
        return
    kind = label.partition(";")[0].strip().lower()
    if response.body.strip() and kind != "application/json" and not kind.endswith("+json"):
        yield Violation("the answer has the wrong content type", expected="application/json", got=label)


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
    """A call names a tool that was offered, and brings every argument that the tool requires."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reason == "length" or not last.reply.tool_calls:
        return
    required = _offered(reading)
    for call in last.reply.tool_calls:
        if call.name in required:
            brought = _arguments(call.arguments)
            missing = [name for name in required[call.name] if brought is not None and name not in brought]
            if missing:
                text = f"{call.name} is called without what it requires"
                yield Violation(text, None, None, required[call.name], call.arguments)
        elif required and f'"{call.name}"'.encode() not in reading.exchange.request.body:
            yield Violation(f"no tool {call.name!r} was offered", None, None, sorted(required), call.name)


def _offered(reading: Reading) -> dict[str, list[str]]:
    """What each offered function requires, by name; empty when the request's own server would refuse it."""
    tools = reading.wanted.tools if reading.wanted else ()
    return {tool.name: _required(tool.parameters) for tool in tools}


def _required(schema: Mapping[str, JSON] | None) -> list[str]:
    found = schema.get("required") if isinstance(schema, Mapping) else None
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _arguments(text: str) -> Mapping[str, JSON] | None:
    """The arguments as an object; None when they are none, which the dialect's own rules tell."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
