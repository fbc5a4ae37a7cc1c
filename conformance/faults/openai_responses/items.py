"""Faults of items in a stream: how they are announced, counted, named, told and finished.

Rule of the file: what the answer says in the end stays the same wherever the fault leaves that open.
"""

from __future__ import annotations

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    ADDED,
    COMPLETED,
    DELTA,
    DONE,
    NAME,
    Events,
    again,
    each,
    events,
    moved,
    without,
)

_item = Teller(NAME, "item")
_final = Teller(NAME, "final")
TWO = "tool_call_multiple"


def _shifted(by: int) -> Bend:
    return kit.chunks(kit.swap_at("", "output_index", lambda index: index * by + (by == 1)))


def _own_ids(told: Events) -> Events:
    return [one | {"item_id": f"{one['item_id']}_{at}"} if "item_id" in one else one for at, one in enumerate(told)]


def _bare_completed(told: Events) -> Events:
    told[-1]["response"]["output"] = []
    return [one for one in told if one["type"] != DONE]


FAULTS = (
    _item.fault("added-missing", "OR-S05", "An item is told and never added.", without(ADDED)),
    _item.fault("added-twice", "OR-S05", "An item is added twice.", again(ADDED)),
    _item.fault("added-late", "OR-S05", "An item is added after its first part.", moved(ADDED, 0, lambda at: at + 1)),
    _item.fault(
        "index-wrong",
        "OR-S05",
        "Deltas name an item that there is not.",
        each(DELTA, kit.set_at("", output_index=7)),
        source="openai/openai-python 3126",
        also=frozenset({"GN-11", "OR-S08"}),
    ),
    _item.fault(
        "index-same",
        "OR-S05",
        "All items have output_index 0.",
        kit.chunks(kit.swap_at("", "output_index", lambda index: 0)),
        on=TWO,
        also=frozenset({"OR-S06", "OR-S07", "OR-S15"}),
    ),
    _item.fault(
        "index-from-one", "OR-S22", "The first item has output_index 1.", _shifted(1), source="BerriAI/litellm 36375"
    ),
    _item.fault(
        "index-gap", "OR-S22", "An output_index is left out.", _shifted(2), on=TWO, source="BerriAI/litellm 36375"
    ),
    _item.fault("id-other", "OR-S06", "Deltas name another item.", each(DELTA, kit.set_at("", item_id="msg_other"))),
    _item.fault(
        "id-each", "OR-S06", "Every event names an item of its own.", kit.sequence(_own_ids), source="GitHub Copilot"
    ),
    _item.fault("id-empty", "OR-S06", "The item_id of deltas is empty.", each(DELTA, kit.set_at("", item_id=""))),
    _item.fault("id-null", "OR-S06", "The item_id of deltas is null.", each(DELTA, kit.set_at("", item_id=None))),
    _item.fault("id-missing", "JS-S", "Deltas have no item_id.", each(DELTA, kit.drop_at("", "item_id"))),
    _item.fault(
        "type-changes",
        "OR-S07",
        "An item is added as one kind and done as another.",
        each(ADDED, kit.set_at("item", type="reasoning")),
    ),
    _item.fault(
        "id-changes",
        "OR-S07",
        "An item is done under another id.",
        each(DONE, kit.set_at("item", id="msg_other")),
        also=frozenset({"OR-S15"}),
    ),
    _item.fault(
        "call-id-changes",
        "OR-S07",
        "A call is done under another call_id.",
        each(DONE, kit.set_at("item", call_id="call_other")),
        on="tool_call_single",
        also=frozenset({"OR-S15"}),
    ),
    _item.fault(
        "done-missing",
        "OR-S12",
        "An item is never done, and the final output is empty.",
        events(_bare_completed),
        also=frozenset({"OR-R07"}),
    ),
    _item.fault(
        "done-unnested",
        "JS-S",
        "The item of output_item.done stands beside its type.",
        each(DONE, lambda one: one.update({f"item_{key}": value for key, value in one.pop("item").items()})),
        also=frozenset({"OR-S07", "OR-S15"}),
    ),
    _item.fault(
        "done-running",
        "OR-S24",
        "An item that is done says in_progress.",
        each(DONE, kit.set_at("item", status="in_progress")),
    ),
    _item.fault(
        "begins-full",
        "OR-S23",
        "An added message holds its text already.",
        kit.sequence(
            lambda told: [
                *(one | {"item": told[-1]["response"]["output"][0]} if one["type"] == ADDED else one for one in told)
            ]
        ),
    ),
    _final.fault(
        "empty",
        "OR-S15",
        "The final output is empty.",
        each(COMPLETED, kit.set_at("response", output=[])),
        source="azerozero/grob 386",
    ),
    _final.fault(
        "reordered",
        "OR-S15",
        "The final output has another order.",
        each(COMPLETED, kit.swap_at("response", "output", lambda items: items[::-1])),
        on=TWO,
    ),
    _final.fault(
        "call-missing",
        "OR-S15",
        "The final output lacks a call.",
        each(COMPLETED, kit.swap_at("response", "output", lambda items: items[:-1])),
        on=TWO,
    ),
    _final.fault(
        "text-differs",
        "OR-S15",
        "The final output says something else.",
        each(COMPLETED, kit.set_at("response.output[].content[]", text="Hello!")),
    ),
    _final.fault(
        "more",
        "OR-S15",
        "The final output holds an item that never came.",
        each(COMPLETED, kit.swap_at("response", "output", lambda items: [*items, {**items[0], "id": "msg_9"}])),
    ),
    _final.fault(
        "item-running",
        "OR-S24",
        "An item of the final output says in_progress.",
        each(COMPLETED, kit.set_at("response.output[]", status="in_progress")),
    ),
    _final.fault(
        "unstreamed",
        "OR-S13",
        "A whole response comes as the only event.",
        kit.sequence(lambda told: [told[-1]["response"]]),
        also=frozenset({"JS-S"}),
    ),
)
