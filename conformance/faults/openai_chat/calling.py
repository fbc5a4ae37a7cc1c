"""Faults of tool calls, streamed and whole.

Rule of the file: the answer around the calls is as it should be; how it ends has a module of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, moved, set_at, swap_at

from .telling import CALL, CALL_WHOLE, CALLS, CALLS_WHOLE, begins, calls, counter, fault, goes_on, lost

PIECE, ASKED = "choices[].delta.tool_calls[]", "choices[].message.tool_calls[]"
NAMED, MADE = f"{PIECE}.function", f"{ASKED}.function"


def _streamed() -> Iterator[Fault]:
    for id, rule, sentence, bend, on in (
        ("index-missing", "OC-S06", "No fragment has an index.", kit.chunks(drop_at(PIECE, "index")), CALL),
        ("index-null", "OC-S06", "The index is null.", kit.chunks(set_at(PIECE, index=None)), CALL),
        ("index-negative", "OC-S06", "The index is -1.", kit.chunks(set_at(PIECE, index=-1)), CALL),
        ("index-text", "OC-S06", "The index is a string.", kit.chunks(set_at(PIECE, index="0")), CALL),
        ("index-same", "OC-S07", "Both calls have the index 0.", kit.chunks(set_at(PIECE, index=0)), CALLS),
        ("index-from-1", "OC-S08", "Calls are numbered from 1.", _moved(lambda at: at + 1), CALLS),
        ("index-jumps", "OC-S08", "The second call has the index 5.", _moved(lambda at: at * 5), CALLS),
        ("id-missing", "OC-S07", "A call has no id.", kit.chunks(drop_at(PIECE, "id")), CALL),
        ("id-null", "OC-S07", "The id of a call is null.", kit.chunks(set_at(PIECE, id=None), begins), CALL),
        ("id-again", "OC-S07", "Every fragment tells an id.", kit.chunks(set_at(PIECE, id="call_1"), calls), CALL),
        (
            "id-later-empty",
            "OC-S07",
            "Later fragments have an empty id.",
            kit.chunks(set_at(PIECE, id=""), goes_on),
            CALL,
        ),
        (
            "id-later-null",
            "OC-S07",
            "Later fragments have the id null.",
            kit.chunks(set_at(PIECE, id=None), goes_on),
            CALL,
        ),
        ("id-changes", "OC-S07", "Every fragment has an id of its own.", _numbered(), CALL),
        ("id-same", "OC-S07", "Both calls have one id.", kit.chunks(set_at(PIECE, id="call_1"), begins), CALLS),
        ("type-missing", "OC-S07", "A call has no type.", kit.chunks(drop_at(PIECE, "type")), CALL),
        ("type-again", "OC-S07", "Every fragment tells the type.", kit.chunks(set_at(PIECE, type="function")), CALL),
        ("name-again", "OC-S07", "Every fragment tells the name.", kit.chunks(set_at(NAMED, name="get_weather")), CALL),
        ("name-missing", "OC-S07", "A call has no name.", kit.chunks(drop_at(NAMED, "name")), CALL),
        ("name-empty", "OC-S07", "The name is empty.", kit.chunks(set_at(NAMED, name=""), begins), CALL),
        ("begin-lost", "OC-S07", "The first fragment is lost.", lost(begins), CALL),
        ("interleaved", "OC-S17", "Two calls interleave.", kit.sequence(lambda told: moved(told, 3, 5)), CALLS),
        ("arguments-object", "OC-S09", "Arguments are an object.", _objects(), CALL),
        ("arguments-piece-lost", "OC-S09", "A fragment is lost.", lost(goes_on, 0), CALL),
        ("arguments-end-lost", "OC-S09", "The last fragment is lost.", lost(goes_on, 2), CALL),
        ("arguments-twice", "OC-S09", "Every fragment is told twice.", _twice(), CALL),
    ):
        yield fault(f"call.{id}", rule, sentence, bend, on=on)


def _moved(change: Callable[[int], int]) -> Bend:
    return kit.chunks(swap_at(PIECE, "index", change))


def _numbered() -> Bend:
    number = counter()
    return kit.chunks(lambda told: [one.update(id=f"call_{number()}") for one in kit.at(told, PIECE)])


def _objects() -> Bend:
    return kit.chunks(set_at(NAMED, arguments={"city": "Tokyo"}), goes_on)


def _twice() -> Bend:
    def one(told: list[Chunk]) -> list[Chunk]:
        return [chunk for told_one in told for chunk in [told_one] * (1 + goes_on(told_one))]

    return kit.sequence(one)


def _whole() -> Iterator[Fault]:
    for id, rule, sentence, change, on in (
        ("id-missing", "OC-R06", "A call has no id.", drop_at(ASKED, "id"), CALL_WHOLE),
        ("id-empty", "OC-R06", "The id of a call is empty.", set_at(ASKED, id=""), CALL_WHOLE),
        ("type-missing", "OC-R06", "A call has no type.", drop_at(ASKED, "type"), CALL_WHOLE),
        ("name-missing", "OC-R06", "A call has no name.", drop_at(MADE, "name"), CALL_WHOLE),
        ("arguments-object", "OC-R06", "Arguments are an object.", swap_at(MADE, "arguments", json.loads), CALL_WHOLE),
        ("arguments-null", "OC-R06", "Arguments are null.", set_at(MADE, arguments=None), CALL_WHOLE),
        ("arguments-cut", "OC-R07", "Arguments are cut.", swap_at(MADE, "arguments", lambda one: one[:-3]), CALL_WHOLE),
        ("id-same", "OC-R07", "Both calls have one id.", set_at(ASKED, id="call_1"), CALLS_WHOLE),
    ):
        yield fault(f"whole.call-{id}", rule, sentence, kit.whole(change), on=on)


FAULTS = (*_streamed(), *_whole())
