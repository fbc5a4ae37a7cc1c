"""Faults of calls and of reasoning in a stream.

Rule of the file: what holds of every kind of block stands in `blocks`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import (
    DELTA,
    END,
    NAME,
    START,
    bringing,
    change,
    dropping,
    event,
    setting,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import moved, twice, without
from conformance.model import Text

_CALL = Teller(NAME, "call", "tool_call_single")
_THINKING = Teller(NAME, "reasoning", "thinking")
_TWO = "tool_call_parallel"
_INPUT, _THOUGHT = bringing("toolUse"), bringing("reasoningContent")


def _input(change: Callable[[str], str]) -> Bend:
    """The input in one piece, changed."""

    def tell(told: list[Chunk]) -> list[Chunk]:
        pieces = [one for one in told if DELTA in one and "toolUse" in one[DELTA]["delta"]]
        calls = [one[DELTA]["delta"]["toolUse"] for one in pieces]
        calls[0]["input"] = change("".join(call["input"] for call in calls))
        return [one for one in told if one not in pieces[1:]]

    return kit.sequence(tell)


def _saying(text: str) -> Bend:
    """A text in place of the call."""
    return kit.reply(lambda told: replace(told, parts=(Text(text),), stop="stop"))


_FORCED = kit.asking(kit.set_at("toolConfig", toolChoice={"any": {}}))


_CALLS = (
    *(
        _CALL.fault(
            f"without-{key.lower()}",
            "BR-S06",
            f"A call starts without {key}.",
            dropping(event(START), "start.toolUse", key),
            also=also,
        )
        for key, also in (("toolUseId", frozenset[str]()), ("name", frozenset({"GN-21"})))
    ),
    *(
        _CALL.fault(
            f"{key.lower()}-empty",
            "BR-S06",
            f"A call starts with an empty {key}.",
            change(event(START), kit.set_at("start.toolUse", **{key: ""})),
            also=also,
        )
        for key, also in (("toolUseId", frozenset[str]()), ("name", frozenset({"GN-21"})))
    ),
    _CALL.fault("start-empty", "BR-S06", "The start of a call names nothing.", setting(event(START), "", start={})),
    _CALL.fault(
        "id-twice",
        "BR-R03",
        "Two calls have the same id.",
        setting(event(START), "start.toolUse", toolUseId="t1"),
        on=_TWO,
    ),
    _CALL.fault("piece-lost", "BR-S09", "A piece of the input is lost.", without(_INPUT, 1)),
    _CALL.fault("piece-twice", "BR-S09", "A piece of the input is told twice.", twice(_INPUT, 1)),
    _CALL.fault("brace-too-many", "BR-S09", "A brace too many closes the input.", _input(lambda text: text + "}")),
    _CALL.fault("whole-again", "BR-S09", "After its pieces the input is told whole.", _input(lambda text: text + text)),
    _CALL.fault("as-python", "BR-S09", "The input is printed by Python.", _input(lambda text: repr(json.loads(text)))),
    _CALL.fault("as-string", "BR-S09", "The input is JSON in a JSON string.", _input(json.dumps)),
    _CALL.fault("as-list", "BR-S09", "The input is a list.", _input(lambda text: f"[{text}]")),
    _CALL.fault(
        "piece-object",
        "BR-S16",
        "The input comes as an object.",
        setting(_INPUT, "delta.toolUse", -1, input={"city": "Tokyo"}),
        also=frozenset({"BR-S09"}),
    ),
    _CALL.fault("input-dropped", "GN-21", "No delta tells the call's input.", without(_INPUT)),
    _CALL.fault(
        "unknown-tool",
        "GN-21",
        "A tool is called that was not offered.",
        setting(event(START), "start.toolUse", name="look_up"),
    ),
    _CALL.fault(
        "tool-calls-word", "BR-R04", "A call ends with tool_calls.", setting(event(END), "", stopReason="tool_calls")
    ),
    *_CALL.twins(
        "forced-not-made",
        "BR-A01",
        "A call was demanded, and a text comes.",
        _saying("It is sunny."),
        asks=_FORCED,
        on="tool_call_single",
    ),
    *_CALL.twins(
        "markup",
        "BR-A02",
        "A call is told as markup in the text.",
        _saying('<tool_call>{"name": "get_weather"}</tool_call>'),
        on="tool_call_single",
    ),
)

_REASONING = (
    _THINKING.fault(
        "signed-first", "BR-S14", "The signature comes before the reasoning.", moved(_THOUGHT, _THOUGHT, -1)
    ),
    _THINKING.fault(
        "piece-null",
        "BR-S16",
        "A piece of reasoning is null.",
        setting(_THOUGHT, "delta.reasoningContent", 0, text=None),
    ),
    _THINKING.fault(
        "signature-null",
        "BR-S16",
        "The signature is null.",
        setting(_THOUGHT, "delta.reasoningContent", -1, signature=None),
    ),
)

FAULTS = (
    *_CALLS,
    *_REASONING,
)
