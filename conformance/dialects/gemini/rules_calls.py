"""Rules on calls in an answer, whole or streamed in pieces.

Rule of the file: what only newer models send is asked of newer models only.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, asked, chunks, inside, parts
from .paths import place_of
from .turns import needs_seal

_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue", "structValue", "listValue")


def _calls(reading: Reading) -> Iterator[tuple[str, int | None, dict[str, JSON], dict[str, JSON]]]:
    """Path, frame, part and call of each functionCall."""
    for chunk in chunks(reading):
        for path, part in parts(chunk):
            if isinstance(call := part.get("functionCall"), dict):
                yield f"{path}.functionCall", chunk.frame, part, call


@BOOK.rule(
    "GM-S08",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: FunctionCall.args",
    good='{"functionCall":{"name":"f","args":{"city":"Oslo"}}}',
    bad='{"functionCall":{"name":"f","args":"{\\"city\\":\\"Oslo\\"}"}}',
    why="the SDK raises a validation error",
)
def arguments(reading: Reading) -> Iterator[Violation]:
    """The args of a call are an object; absent ones are an empty object."""
    for path, frame, _, call in _calls(reading):
        if call.get("args") is not None and not isinstance(call["args"], dict):
            yield Violation("args is no object", f"{path}.args", frame, "an object", call["args"])


@BOOK.rule(
    "GM-S09",
    "SHOULD",
    Scope.ANSWER,
    "ai.google.dev: ids of calls since Gemini 3",
    good='{"functionCall":{"name":"f","id":"fc1","args":{}}}',
    bad='{"functionCall":{"name":"f","args":{}}} of Gemini 3',
    why="two calls of one function cannot be told apart when their results come",
)
def ids(reading: Reading) -> Iterator[Violation]:
    """A call has an id (Gemini 3 and later, at the Developer API: whole answers of Vertex AI leave it out)."""
    if _new(reading) and "/publishers/" not in reading.path:
        for path, frame, _, call in _calls(reading):
            if call.get("name") and not call.get("id"):
                yield Violation("a call has no id", f"{path}.id", frame)


@BOOK.rule(
    "GM-S11",
    "SHOULD",
    Scope.ANSWER,
    "ai.google.dev, thought signatures",
    good='{"functionCall":{…},"thoughtSignature":"c2ln"}',
    bad='{"functionCall":{…}} of Gemini 3',
    why="the next request is refused for want of the signature",
)
def sealed(reading: Reading) -> Iterator[Violation]:
    """The first call of a step has its thoughtSignature (Gemini 3 and later)."""
    first = next(_calls(reading), None)
    if first and _new(reading) and not first[2].get("thoughtSignature"):
        yield Violation("the first call has no signature", first[0].removesuffix(".functionCall"), first[1])


@BOOK.rule(
    "VX-S02",
    "MUST",
    Scope.STREAM,
    "recorded streams of Vertex AI; google-genai SDK",
    good='{"name":"f","willContinue":true}, {"partialArgs":[…],"willContinue":true}, {}',
    bad='{"partialArgs":[…]} with no call open',
    why="the pieces belong to no call and are lost",
)
def pieces_follow_a_call(reading: Reading) -> Iterator[Violation]:
    """A call in pieces begins with its name; pieces without a name follow one that said willContinue."""
    going_on = False
    for path, frame, _, call in _calls(reading):
        if not call.get("name") and not going_on:
            yield Violation("a piece belongs to no open call", path, frame, "a name, or an open call", call)
        going_on = call.get("willContinue") is True


@BOOK.rule(
    "VX-S03",
    "MUST",
    Scope.STREAM,
    "google-genai SDK types: PartialArg",
    good='{"jsonPath":"$.city","stringValue":"Os","willContinue":true}',
    bad='{"jsonPath":"city","stringValue":"Os","numberValue":1}',
    why="the arguments cannot be put together",
)
def pieces_say_where(reading: Reading) -> Iterator[Violation]:
    """A piece of an argument has a jsonPath that starts with $, and at most one value."""
    for path, frame, _, call in _calls(reading):
        pieces = call.get("partialArgs")
        for at, one in enumerate(pieces if isinstance(pieces, list) else ()):
            where, place = inside(one, "jsonPath"), f"{path}.partialArgs[{at}]"
            if not isinstance(where, str) or not where.startswith("$"):
                yield Violation("jsonPath does not start with $", f"{place}.jsonPath", frame, "$.…", where)
            values = [name for name in _VALUES if isinstance(one, dict) and name in one]
            if len(values) > 1:
                yield Violation("a piece has several values", place, frame, "one", values)


@BOOK.rule(
    "VX-S05",
    "MUST",
    Scope.STREAM,
    "google-genai SDK types: stream_function_call_arguments",
    good='partialArgs after {"streamFunctionCallArguments":true}',
    bad="partialArgs that nobody asked for",
    why="clients that did not ask read args only, and call without arguments",
)
def pieces_were_asked_for(reading: Reading) -> Iterator[Violation]:
    """Arguments come in pieces only when streamFunctionCallArguments was asked for."""
    if not reading.asked or inside(
        asked(reading), "toolConfig", "functionCallingConfig", "streamFunctionCallArguments"
    ):
        return
    for path, frame, _, call in _calls(reading):
        if call.get("partialArgs") is not None:
            yield Violation("arguments come in pieces unasked", f"{path}.partialArgs", frame)
            return


def _new(reading: Reading) -> bool:
    place = place_of(reading.exchange.request.url)
    return place is not None and needs_seal(place.model)
