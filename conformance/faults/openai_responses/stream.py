"""Faults of a stream as a whole: how it begins, how events are named and numbered, how it ends.

Rule of the file: the items of the answer are sound.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    COMPLETED,
    CREATED,
    DELTA,
    NAME,
    PROGRESS,
    Events,
    each,
    moved,
    nth,
    without,
)

_ERROR: Chunk = {"type": "error", "code": "server_error", "message": "The model failed.", "param": None}
_begin, _name, _number = Teller(NAME, "begin"), Teller(NAME, "event"), Teller(NAME, "number")
_life = Teller(NAME, "lifecycle")


def _numbers(change: kit.Change) -> Bend:
    return kit.chunks(change)


def _own_id(told: Events) -> Events:
    for at, one in enumerate(told):
        if "response" in one:
            one["response"]["id"] = f"resp_{at}"
    return told


def _event(name: str) -> Bend:
    """All events stand under this name."""
    return kit.each_frame(lambda frame: b"event: " + name.encode() + b"\n" + frame.partition(b"\n")[2])


FAULTS = (
    _begin.fault("created-missing", "OR-S01", "response.created is left out.", without(CREATED)),
    _begin.fault("lifecycle-missing", "OR-S01", "The first event adds an item.", without(CREATED, PROGRESS)),
    _begin.fault("created-late", "OR-S01", "response.created comes second.", moved(CREATED, 0, lambda at: at + 1)),
    _begin.fault(
        "created-completed",
        "OR-S01",
        "response.created says completed.",
        each(CREATED, kit.set_at("response", status="completed")),
    ),
    _begin.fault(
        "created-bare",
        "JS-S",
        "response.created holds no response.",
        each(CREATED, kit.drop_at("", "response")),
        also=frozenset({"OR-S01", "OR-S04", "OR-S20"}),
    ),
    _begin.fault(
        "created-flat",
        "JS-S",
        "The response stands beside the type, not under `response`.",
        kit.chunks(lambda one: one.update(one.pop("response", {}))),
        source="azerozero/grob 386",
        also=frozenset({"OR-S01", "OR-S14", "OR-S15"}),
    ),
    _name.fault(
        "line-missing",
        "OR-S02",
        "No frame has an event line.",
        kit.each_frame(lambda frame: frame.partition(b"\n")[2]),
        source="7836246/cursor2api 116",
    ),
    _name.fault("line-message", "OR-S02", "All events stand under the name message.", _event("message")),
    _name.fault(
        "line-of-another",
        "OR-S02",
        "The line of a delta names another event.",
        kit.each_frame(
            lambda frame: frame.replace(b"event: response.output_text.delta", b"event: response.text.delta")
        ),
    ),
    _name.fault(
        "type-missing",
        "JS-S",
        "The data of events has no type: only the line names them.",
        kit.frames(lambda told: [frame.replace(b'"type":"response.', b'"kind":"response.') for frame in told]),
        source="7836246/cursor2api 116",
        also=frozenset({"OR-S13"}),
    ),
    _number.fault("missing", "OR-S03", "Events have no sequence_number.", _numbers(kit.drop_at("", "sequence_number"))),
    _number.fault(
        "missing-once", "OR-S03", "One event has no sequence_number.", nth(DELTA, 1, kit.drop_at("", "sequence_number"))
    ),
    _number.fault(
        "zero",
        "OR-S03",
        "Every sequence_number is 0.",
        _numbers(kit.set_at("", sequence_number=0)),
        source="BerriAI/litellm 28899",
    ),
    _number.fault(
        "minus",
        "OR-S03",
        "Every sequence_number is -1.",
        _numbers(kit.set_at("", sequence_number=-1)),
        source="SamSaffron/term-llm 878",
    ),
    _number.fault(
        "gap",
        "OR-S03",
        "A sequence_number is left out.",
        _numbers(kit.swap_at("", "sequence_number", lambda number: number + (number > 4))),
        source="vllm-project/agentic-api 211",
    ),
    _number.fault(
        "twice",
        "OR-S03",
        "A sequence_number comes twice.",
        _numbers(kit.swap_at("", "sequence_number", lambda number: number - (number > 4))),
    ),
    _number.fault(
        "falling",
        "OR-S03",
        "The sequence_number starts again at the item.",
        _numbers(kit.swap_at("", "sequence_number", lambda number: number - 2 * (number > 1))),
    ),
    _number.fault(
        "string", "OR-S03", "sequence_number is a string.", _numbers(kit.swap_at("", "sequence_number", str))
    ),
    _number.fault("null", "OR-S03", "sequence_number is null.", _numbers(kit.set_at("", sequence_number=None))),
    _life.fault(
        "id-changes",
        "OR-S04",
        "response.completed has another id.",
        each(COMPLETED, kit.set_at("response", id="resp_other")),
    ),
    _life.fault("id-each", "OR-S04", "Every lifecycle event has an id of its own.", kit.sequence(_own_id)),
    _life.fault("id-empty", "JS-S", "The id is empty.", kit.chunks(kit.set_at("response", id=""))),
    _life.fault("id-missing", "JS-S", "The response has no id.", kit.chunks(kit.drop_at("response", "id"))),
    _life.fault(
        "model-changes",
        "OR-S20",
        "response.completed names another model.",
        each(COMPLETED, kit.set_at("response", model="m-2")),
    ),
    _life.fault(
        "model-missing",
        "JS-S",
        "The response names no model.",
        kit.chunks(kit.drop_at("response", "model")),
    ),
    _life.fault(
        "created-changes",
        "OR-S20",
        "Every lifecycle event has a time of its own.",
        kit.sequence(
            lambda told: [
                *(
                    one | {"response": one["response"] | {"created_at": 1790000000 + at}} if "response" in one else one
                    for at, one in enumerate(told)
                )
            ]
        ),
    ),
    _life.fault(
        "created-milliseconds",
        "OR-R06",
        "created_at is in milliseconds.",
        kit.chunks(kit.swap_at("response", "created_at", lambda time: time * 1000)),
    ),
    _life.fault(
        "created-string",
        "JS-S",
        "created_at is a date in words.",
        kit.chunks(kit.set_at("response", created_at="2026-09-21T14:13:20Z")),
    ),
    _life.fault(
        "object-other",
        "JS-S",
        "The object is chat.completion.",
        kit.chunks(kit.set_at("response", object="chat.completion")),
    ),
    _life.fault(
        "key-missing",
        "JS-S",
        "The response lacks the keys that are null.",
        kit.chunks(kit.drop_at("response", "error", "incomplete_details")),
    ),
    _life.fault(
        "output-object",
        "JS-S",
        "output is an object.",
        each(COMPLETED, kit.swap_at("response", "output", lambda items: items[0])),
        also=frozenset({"OR-S15"}),
    ),
)
