"""Faults of what every chunk and every whole answer begins with: id, object, created, model, choices.

Rule of the file: told for streams, and again for whole answers where these have a rule of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.form import Fault

from .telling import WHOLE, fault, nth, says

_ABSENT = object()
_VALUES: tuple[tuple[str, str, object, str], ...] = (
    ("object", "wrong", "text_completion", "object is that of another endpoint"),
    ("object", "missing", _ABSENT, "object is missing"),
    ("object", "null", None, "object is null"),
    ("id", "missing", _ABSENT, "id is missing"),
    ("id", "empty", "", "id is empty"),
    ("id", "null", None, "id is null"),
    ("id", "number", 7, "id is a number"),
    ("id", "blank", "  ", "id is blank"),
    ("id", "word", "None", "id is the word None"),
    ("model", "missing", _ABSENT, "model is missing"),
    ("model", "empty", "", "model is empty"),
    ("model", "null", None, "model is null"),
    ("model", "word", "undefined", "model is the word undefined"),
    ("model", "object", {"name": "m"}, "model is an object"),
    ("created", "missing", _ABSENT, "created is missing"),
    ("created", "text", "2026-11-21T13:00:00Z", "created is a date as text"),
    ("created", "float", 1790000000.5, "created has a fraction"),
    ("created", "negative", -1, "created is negative"),
    ("created", "zero", 0, "created is 0"),
    ("created", "bool", True, "created is a boolean"),
    ("created", "milliseconds", 1_790_000_000_123, "created counts milliseconds"),
    ("choices", "missing", _ABSENT, "choices are missing"),
    ("choices", "null", None, "choices is null"),
    ("choices", "object", {}, "choices is an object"),
    ("choices", "text", "hello", "choices is a string"),
    ("system_fingerprint", "number", 7, "system_fingerprint is a number"),
    ("service_tier", "object", {}, "service_tier is an object"),
)
_BY_SCHEMA = (("system_fingerprint", "number"), ("service_tier", "object"), ("created", "negative"))


def _set(key: str, value: object) -> kit.Change:
    return (lambda told: told.pop(key, None)) if value is _ABSENT else (lambda told: told.update({key: value}))


def _heads() -> Iterator[Fault]:
    for key, how, value, sentence in _VALUES:
        change = _set(key, value)
        where = says if key == "choices" else (lambda chunk: True)
        stream, whole = ("JS-S", "JS-R") if (key, how) in _BY_SCHEMA else ("OC-S01", "OC-R01")
        yield fault(f"chunk.{key}-{how}", stream, f"In every chunk {sentence}.", kit.chunks(change, where))
        yield fault(f"whole.{key}-{how}", whole, f"In a whole answer {sentence}.", kit.whole(change), on=WHOLE)
    yield fault(
        "chunk.object-of-whole",
        "OC-S01",
        "Chunks are called chat.completion.",
        kit.chunks(_set("object", "chat.completion")),
        source="text-generation-inference, foundry-local",
    )
    yield fault(
        "whole.object-of-chunk",
        "OC-R01",
        "A whole answer is called chat.completion.chunk.",
        kit.whole(_set("object", "chat.completion.chunk")),
        on=WHOLE,
    )
    yield fault(
        "whole.choices-empty", "OC-R01", "A whole answer has no choice.", kit.whole(_set("choices", [])), on=WHOLE
    )
    yield fault(
        "whole.error-under-200",
        "OC-R01",
        "An error comes with the status 200.",
        Bend(
            whole=lambda told, reply: {
                "error": {"message": "overloaded", "type": "server_error", "param": None, "code": None}
            }
        ),
        on=WHOLE,
        also=frozenset({"JS-R"}),
    )
    yield fault(
        "chunk.id-missing-once",
        "OC-S01",
        "One chunk has no id.",
        nth(_set("id", _ABSENT), says),
        also=frozenset({"OC-S02"}),
    )
    yield fault("chunk.object-missing-once", "OC-S01", "One chunk has no object.", nth(_set("object", _ABSENT), says))
    yield fault("chunk.empty-object", "OC-S01", "One chunk is an empty object.", nth(lambda told: told.clear(), says))
    yield fault(
        "chunk.ping",
        "OC-S01",
        "A ping of another language stands among the chunks.",
        kit.sequence(lambda told: [*told[:2], {"type": "ping"}, *told[2:]]),
        source="gateways in front of Anthropic",
    )
    yield fault(
        "chunk.prompt-filter",
        "OC-S01",
        "A first chunk without id, model and choices tells what a filter found in the prompt.",
        kit.sequence(
            lambda told: [
                {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": []},
                *told,
            ]
        ),
        source="Azure",
        also=frozenset({"OC-S13"}),
    )
    empty = kit.sequence(lambda told: [*told[:2], told[1] | {"choices": []}, *told[2:]])
    yield fault("chunk.choices-empty", "OC-S22", "A chunk in the middle has no choices.", empty)
    yield fault(
        "chunk.nested",
        "OC-S01",
        "Each chunk stands below another key.",
        kit.sequence(lambda told: [{"data": one} for one in told]),
        also=frozenset({"OC-S10"}),
    )


FAULTS = tuple(_heads())
