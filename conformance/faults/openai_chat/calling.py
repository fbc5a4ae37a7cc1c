"""Faults of streamed tool calls.

Rule of the file: the answer around the calls is as it should be; how it ends has a module of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, moved, set_at, swap_at

from .telling import CALL, CALLS, begins, calls, counter, ends, fault, goes_on, lost

PIECE = "choices[].delta.tool_calls[]"
NAMED = f"{PIECE}.function"
_ALSO = {
    "index-negative": frozenset({"OC-S08"}),
    "index-same": frozenset({"OC-S09"}),  # the arguments of both calls run together
    "list-lost": frozenset({"OC-S12"}),
}
"""What else they break."""


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
        ("type-foreign", "OC-S07", "The type of a call is tool.", kit.chunks(set_at(PIECE, type="tool"), begins), CALL),
        ("name-in-pieces", "OC-S07", "The name comes in two pieces.", kit.sequence(_name_in_pieces), CALL),
        ("list-lost", "JS-S", "tool_calls is an object.", kit.chunks(_unlisted), CALL),
        ("as-function", "OC-S12", "A call is told as function_call.", kit.sequence(_as_function), CALL),
        ("word-of-function", "OC-S12", "A call ends with function_call.", kit.chunks(AS_FUNCTION, ends), CALL),
        ("arguments-quoted", "OC-S09", "Arguments are encoded twice.", _ends_up(json.dumps), CALL),
        ("arguments-fenced", "OC-S09", "Arguments are fenced.", _ends_up(lambda one: f"```json\n{one}\n```"), CALL),
        (
            "arguments-python",
            "OC-S09",
            "Arguments as Python prints them.",
            _ends_up(lambda one: str(json.loads(one))),
            CALL,
        ),
        ("arguments-null-word", "OC-S09", "Arguments are the word null.", _ends_up(lambda one: "null"), CALL),
        ("arguments-brace", "OC-S09", "A brace too many follows.", _ends_up(lambda one: one + "}"), CALL),
        ("arguments-twice", "OC-S09", "Every fragment is told twice.", _twice(), CALL),
    ):
        yield fault(f"call.{id}", rule, sentence, bend, on=on, also=_ALSO.get(id, frozenset()))


def _moved(change: Callable[[int], int]) -> Bend:
    return kit.chunks(swap_at(PIECE, "index", change))


def _numbered() -> Bend:
    number = counter()
    return kit.chunks(lambda told: [one.update(id=f"call_{number()}") for one in kit.at(told, PIECE)])


def _objects() -> Bend:
    return kit.chunks(set_at(NAMED, arguments={"city": "Tokyo"}), goes_on)


AS_FUNCTION = set_at("choices[]", finish_reason="function_call")


def _name_in_pieces(told: list[Chunk]) -> list[Chunk]:
    """The second fragment brings the rest of the name."""
    first, second = [one for one in told if calls(one)][:2]
    set_at(NAMED, name="get_")(first)
    set_at(NAMED, name="weather")(second)
    return told


def _unlisted(told: Chunk) -> None:
    for delta in kit.at(told, "choices[].delta"):
        delta.update({"tool_calls": delta["tool_calls"][0]} if delta.get("tool_calls") else {})


def _as_function(told: list[Chunk]) -> list[Chunk]:
    """Each fragment stands below function_call, and the reason is of that name."""
    for chunk in told:
        for delta in kit.at(chunk, "choices[].delta"):
            told_as = [one["function"] for one in delta.pop("tool_calls", ())]
            delta.update({"function_call": told_as[0]} if told_as else {})
        if ends(chunk):
            AS_FUNCTION(chunk)
    return told


def _ends_up(change: Callable[[str], str]) -> Bend:
    """The arguments are these in all."""

    def one(told: list[Chunk]) -> list[Chunk]:
        later = [named for chunk in told if goes_on(chunk) for named in kit.at(chunk, NAMED)]
        said = change("".join(named["arguments"] for named in later))
        for number, named in enumerate(later):
            named["arguments"] = said if not number else ""
        return told

    return kit.sequence(one)


def _twice() -> Bend:
    def one(told: list[Chunk]) -> list[Chunk]:
        return [chunk for told_one in told for chunk in [told_one] * (1 + goes_on(told_one))]

    return kit.sequence(one)


FAULTS = tuple(_streamed())
