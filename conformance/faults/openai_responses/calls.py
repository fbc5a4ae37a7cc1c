"""Faults of streamed function calls: their arguments, names and ids.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

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
    calls_say,
    each,
    lost,
    moved,
    under_function,
    without,
)

TWICE = "tool_call_parallel"
_call = Teller(NAME, "call", "tool_call_single")


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
        kit.chunks(under_function("item", "response.output[]")),
        also=frozenset({"GN-21", "OR-S10"}),
    ),
    _call.fault("not-json", "OR-R05", "The arguments are no JSON.", calls_say(arguments="{'city': 'Tokyo'}")),
    _call.fault("cut", "OR-R05", "The arguments are cut short.", calls_say(arguments='{"city": "To')),
)
