"""Deviations in how tool calls are streamed.

Rule of the file: put together, the calls are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import Reply

from .shaping import choices_of

NO_INDEX = "the vendor's fragments have no usable index"
AGAIN = "the vendor repeats what names a call on its later fragments"


def _fragments(chunks: list[Chunk]) -> Iterator[tuple[Chunk, Chunk]]:
    """Each fragment of a call with the first fragment of its call."""
    firsts: dict[int, Chunk] = {}
    for chunk in chunks:
        for choice in choices_of(chunk):
            for fragment in choice["delta"].get("tool_calls") or ():
                yield fragment, firsts.setdefault(fragment["index"], fragment)


def _later(change: Callable[[Chunk, Chunk], None]) -> Bend:
    """A change to every fragment but the first of its call: what it says, and what the first said."""

    def chunks(told: list[Chunk], reply: Reply) -> list[Chunk]:
        for fragment, first in _fragments(told):
            if fragment is not first:
                change(fragment, first)
        return told

    return Bend(chunks=chunks)


def _whole_calls(told: list[Chunk], reply: Reply) -> list[Chunk]:
    """All fragments of a call go into its first one."""
    spent: list[Chunk] = []
    for fragment, first in _fragments(told):
        if fragment is not first:
            first["function"]["arguments"] += fragment["function"]["arguments"]
            spent.append(fragment)
    return [chunk for chunk in told if not any(one in spent for one in _calls_in(chunk))]


def _calls_in(chunk: Chunk) -> list[Chunk]:
    return [call for choice in choices_of(chunk) for call in choice["delta"].get("tool_calls") or ()]


def _renumber(index: int | None) -> Bend:
    def chunks(told: list[Chunk], reply: Reply) -> list[Chunk]:
        for fragment, _ in list(_fragments(told)):
            fragment.pop("index")
            if index is not None:
                fragment["index"] = index
        return told

    return Bend(chunks=chunks)


def _blank_id(fragment: Chunk, first: Chunk) -> None:
    fragment |= {"id": "", "type": first["type"]}


def _same_id(fragment: Chunk, first: Chunk) -> None:
    fragment["id"] = first["id"]


_INDEX = "$.choices[].delta.tool_calls[].index"
_CALLS = "$.choices[].delta.tool_calls[]"

CALLS = (
    Deviation(
        id="whole_tool_calls",
        sentence="A call comes whole, in one delta.",
        source="recorded streams of xai, groq and cerebras",
        bend=Bend(chunks=_whole_calls),
    ),
    Deviation(
        id="tool_id_empty_later",
        sentence='Later fragments of a call repeat its type and carry the id "".',
        source="recorded streams of alibaba",
        bend=_later(_blank_id),
        excuses={f"OC-S07 {_CALLS}.id": (None, AGAIN), f"OC-S07 {_CALLS}.type": (None, AGAIN)},
    ),
    Deviation(
        id="tool_id_repeated",
        sentence="Every fragment of a call carries the call's id.",
        source="recorded streams of baseten",
        bend=_later(_same_id),
        excuses={f"OC-S07 {_CALLS}.id": (None, AGAIN)},
    ),
    Deviation(
        id="tool_index_missing",
        sentence="Fragments of calls have no index.",
        source="recorded streams of compatible endpoints of ollama and google",
        bend=_renumber(None),
        excuses={f"OC-S06 {_INDEX}": (None, NO_INDEX), f"JS-S {_CALLS}": (None, NO_INDEX)},
    ),
    Deviation(
        id="tool_index_negative",
        sentence="A call has the index -1.",
        source="recorded streams of zai",
        bend=_renumber(-1),
        excuses={
            f"OC-S06 {_INDEX}": (None, NO_INDEX),
            f"OC-S08 {_INDEX}": (None, NO_INDEX),
            "OC-S07": (None, "fragments of several calls cannot be told apart by their index"),
            "OC-S09 $.choices[].delta.tool_calls": (None, "arguments of several calls stand under one index"),
            f"JS-S {_INDEX}": (None, NO_INDEX),
        },
    ),
)
