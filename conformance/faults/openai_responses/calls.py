"""Faults of function calls, streamed and whole: their arguments, names and ids.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    ADDED,
    ARGUMENTS,
    ARGUMENTS_DONE,
    COMPLETED,
    DONE,
    NAME,
    Events,
    again,
    each,
    lost,
    moved,
    without,
)
from conformance.model import Reply, ToolCall

WHOLE = "tool_call_single_whole"
TWICE = "tool_call_parallel"
_call, _whole = Teller(NAME, "call", "tool_call_single"), Teller(NAME, "call", WHOLE)


def _said(**fields: str) -> Bend:
    """The calls are made with these fields."""

    def one(told: Reply) -> Reply:
        parts = (replace(part, **fields) if isinstance(part, ToolCall) else part for part in told.parts)
        return replace(told, parts=tuple(parts))

    return kit.reply(one)


def _nested(*paths: str) -> kit.Change:
    """The name and the arguments of calls stand under `function`."""

    def change(told: dict[str, object]) -> None:
        for one in (item for path in paths for item in kit.at(told, path)):
            one["function"] = {"name": one.pop("name", ""), "arguments": one.pop("arguments", "")}

    return change


def _crossed(told: Events) -> Events:
    """The arguments of the first call go to the second, and the other way round."""
    places = [at for at, one in enumerate(told) if one["type"] == ADDED]
    swap = dict(zip(places, reversed(places), strict=True))
    where = {told[at]["item"]["id"]: told[swap[at]] for at in places}
    for one in told:
        if one["type"] == ARGUMENTS:
            other = where[one["item_id"]]
            one.update(item_id=other["item"]["id"], output_index=other["output_index"])
    return told


FAULTS = (
    _call.fault(
        "begins-full",
        "OR-S10",
        "An added call holds its arguments already, then deltas come.",
        kit.sequence(
            lambda told: [
                *(
                    one | {"item": one["item"] | {"arguments": told[-1]["response"]["output"][0]["arguments"]}}
                    if one["type"] == ADDED
                    else one
                    for one in told
                )
            ]
        ),
    ),
    _call.fault("delta-lost", "OR-S10", "A piece of the arguments is lost.", lost(ARGUMENTS, 1)),
    _call.fault("delta-twice", "OR-S10", "A piece of the arguments comes twice.", again(ARGUMENTS, 1)),
    _call.fault(
        "deltas-swapped", "OR-S10", "Two pieces of the arguments change places.", moved(ARGUMENTS, 0, lambda at: at + 1)
    ),
    _call.fault(
        "deltas-missing",
        "OR-S10",
        "The arguments come only when they are done.",
        without(ARGUMENTS),
        source="LM Studio",
    ),
    _call.fault(
        "done-differs",
        "OR-S10",
        "The arguments that are done are not the sum of their deltas.",
        each(ARGUMENTS_DONE, kit.set_at("", arguments="{}")),
    ),
    _call.fault(
        "done-empty",
        "OR-S10",
        "The arguments that are done are empty.",
        each(ARGUMENTS_DONE, kit.set_at("", arguments="")),
    ),
    _call.fault(
        "item-empty",
        "OR-S10",
        "The call that is done has no arguments.",
        each(DONE, kit.set_at("item", arguments="")),
        also=frozenset({"OR-S15"}),
    ),
    _call.fault(
        "delta-object",
        "JS-S",
        "The arguments come as an object.",
        each(ARGUMENTS, kit.set_at("", delta={"city": "Tokyo"})),
        also=frozenset({"OR-S10"}),
    ),
    _call.fault(
        "done-object",
        "OR-S10",
        "The arguments that are done are an object.",
        each(ARGUMENTS_DONE, kit.set_at("", arguments={"city": "Tokyo"})),
    ),
    _call.fault(
        "crossed",
        "OR-S10",
        "The arguments of two calls are exchanged.",
        kit.sequence(_crossed),
        on=TWICE,
        also=frozenset({"GN-21", "OR-S05"}),
    ),
    _call.fault(
        "into-first",
        "OR-S10",
        "All arguments go to the first call.",
        each(ARGUMENTS, kit.set_at("", output_index=0, item_id="fc_0")),
        on=TWICE,
    ),
    _call.fault(
        "output-index-missing",
        "OR-S17",
        "Pieces of arguments have no output_index.",
        each(ARGUMENTS, kit.drop_at("", "output_index")),
        also=frozenset({"OR-S10"}),
    ),
    _call.fault(
        "ids-same",
        "OR-R08",
        "Two calls have the same call_id.",
        kit.chunks(lambda one: [kit.set_at(path, call_id="call_1")(one) for path in ("item", "response.output[]")]),
        on=TWICE,
    ),
    _call.fault(
        "item-ids-same",
        "OR-R08",
        "Two items have the same id.",
        each(COMPLETED, kit.set_at("response.output[]", id="fc_0")),
        on=TWICE,
        also=frozenset({"OR-S15"}),
    ),
    _call.fault(
        "of-chat",
        "OR-R05",
        "The name and arguments of a call stand under `function`.",
        kit.chunks(_nested("item", "response.output[]")),
        also=frozenset({"GN-21", "OR-S10"}),
    ),
    _call.fault("not-json", "OR-R05", "The arguments are no JSON.", _said(arguments="{'city': 'Tokyo'}")),
    _call.fault("cut", "OR-R05", "The arguments are cut short.", _said(arguments='{"city": "To')),
    _whole.fault("not-json_whole", "OR-R05", "The arguments are no JSON.", _said(arguments="city=Tokyo")),
    _whole.fault(
        "object_whole",
        "OR-R05",
        "The arguments are an object.",
        kit.whole(kit.set_at("output[]", arguments={"city": "Tokyo"})),
    ),
    _whole.fault(
        "null_whole",
        "OR-R05",
        "The arguments are null.",
        kit.whole(kit.set_at("output[]", arguments=None)),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "no-call-id_whole",
        "OR-R05",
        "A call has no call_id.",
        kit.whole(kit.drop_at("output[]", "call_id")),
    ),
    _whole.fault(
        "no-name_whole",
        "OR-R05",
        "A call has no name.",
        kit.whole(kit.drop_at("output[]", "name")),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "nested_whole",
        "OR-R05",
        "The name and arguments of a call stand under `function`.",
        kit.whole(_nested("output[]")),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "ids-same_whole",
        "OR-R08",
        "Two calls have the same call_id.",
        kit.whole(kit.set_at("output[]", call_id="call_1")),
        on=f"{TWICE}_whole",
    ),
    _whole.fault(
        "kind-of-chat_whole",
        "OR-R07",
        "A call comes as tool_calls of a message.",
        kit.whole(
            lambda told: told.update(
                output=[
                    {
                        "id": "msg_0",
                        "type": "message",
                        "role": "assistant",
                        "status": "completed",
                        "content": [],
                        "tool_calls": told["output"],
                    }
                ]
            )
        ),
    ),
)
