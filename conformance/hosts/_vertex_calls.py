"""Rules of Vertex AI about function calls whose arguments are streamed, which only Gemini there does.

Rule of the file: it begins the book that `vertex` completes.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("vertex")


def _calls(reading: Reading) -> Iterator[tuple[int, str, dict[str, JSON]]]:
    """The function calls of a stream of Gemini: the frame, the path, the call."""
    for frame in reading.chunks:
        for at, candidate in enumerate(_list(frame.json.get("candidates"))):
            content = candidate.get("content")
            parts = _list(content.get("parts")) if isinstance(content, dict) else []
            for number, part in enumerate(parts):
                if isinstance(call := part.get("functionCall"), dict):
                    yield frame.number, f"$.candidates[{at}].content.parts[{number}].functionCall", call


def _list(value: JSON) -> list[dict[str, JSON]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@BOOK.rule(
    "VX-S02",
    "MUST",
    Scope.STREAM,
    "recorded streams; google-genai SDK",
    good='{"name": "f", "willContinue": true}, {"partialArgs": […], "willContinue": true}, {}',
    bad='{"partialArgs": […]} before any name',
    why="arguments are lost, or end up with another call",
)
def calls_begin_with_a_name(reading: Reading) -> Iterator[Violation]:
    """A call that comes in parts begins with its name; its later parts have none, until one has no `willContinue`."""
    open_call = False
    for frame, path, call in _calls(reading):
        if open_call and call.get("name"):
            yield Violation("a call begins before the last one ended", f"{path}.name", frame, None, call["name"])
        elif not open_call and not call.get("name"):
            yield Violation("a call begins without a name", f"{path}.name", frame)
        open_call = call.get("willContinue") is True


@BOOK.rule(
    "VX-S03",
    "MUST",
    Scope.STREAM,
    "google-genai SDK: PartialArg",
    good='{"jsonPath": "$.city", "stringValue": "Os"}',
    bad='{"jsonPath": "city", "stringValue": "Os", "numberValue": 1}',
    why="the value has no place in the arguments",
)
def partial_arguments_have_a_place(reading: Reading) -> Iterator[Violation]:
    """Each of `partialArgs` has a `jsonPath` from `$` on, and one value at most."""
    values = ("stringValue", "numberValue", "boolValue", "nullValue")
    for frame, path, call in _calls(reading):
        for number, one in enumerate(_list(call.get("partialArgs"))):
            here = f"{path}.partialArgs[{number}]"
            if not isinstance(place := one.get("jsonPath"), str) or not place.startswith("$"):
                yield Violation("jsonPath does not begin with $", f"{here}.jsonPath", frame, "$…", place)
            if len(told := [name for name in values if name in one]) > 1:
                yield Violation("more than one value", here, frame, "one of them", told)


@BOOK.rule(
    "VX-S05",
    "MUST",
    Scope.STREAM,
    "google-genai SDK: streamFunctionCallArguments",
    good="partialArgs after streamFunctionCallArguments: true",
    bad="partialArgs that nobody asked for",
    why="a client that reads `args` alone calls tools without arguments",
)
def partial_arguments_were_asked_for(reading: Reading) -> Iterator[Violation]:
    """Arguments come in parts only when the request asked for it."""
    config = reading.asked.get("toolConfig")
    calling = config.get("functionCallingConfig") if isinstance(config, dict) else None
    if isinstance(calling, dict) and calling.get("streamFunctionCallArguments") is True:
        return
    for frame, path, call in _calls(reading):
        if call.get("partialArgs"):
            yield Violation("these arguments come in parts unasked", f"{path}.partialArgs", frame)
            return
