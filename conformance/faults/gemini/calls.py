"""Faults of calls: their arguments, ids, seals, and pieces.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.faults.gemini.changing import CALL, NAME, PARTS, TWICE

_call = Teller(NAME, "call", CALL)
IN_PIECES = kit.asking(
    lambda body: body.update(
        toolConfig={"functionCallingConfig": {"mode": "AUTO", "streamFunctionCallArguments": True}}
    )
)


def _calls(change: kit.Change) -> Bend:
    """A change to the calls of all chunks."""
    return kit.chunks(lambda told: [change(one) for one in kit.at(told, f"{PARTS}.functionCall")])


def _pieces(*calls: dict[str, Any]) -> Bend:
    """The call comes in these pieces, a chunk each."""

    def one(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        head = {key: value for key, value in told[-1].items() if key != "candidates"}
        seal = {"thoughtSignature": "c2VhbA=="}
        parts = [{"functionCall": call} | (seal if at == 0 else {}) for at, call in enumerate(calls)]
        said = [head | {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]} for part in parts]
        said[-1]["candidates"][0]["finishReason"] = "STOP"
        return said

    return kit.sequence(one)


def _piece(**keys: Any) -> dict[str, Any]:
    return {"partialArgs": [{"jsonPath": "$.city", "stringValue": "Tokyo"} | keys]}


_MORE = {"willContinue": True}
_BEGIN = {"name": "get_weather", "id": "fc1", "willContinue": True}


def _in_pieces(id: str, rule: str, sentence: str, *calls: dict[str, Any], asks: Asking | None = IN_PIECES) -> Fault:
    return _call.fault(id, rule, sentence, _pieces(*calls), asks=asks)


FAULTS = (
    _call.fault(
        "args-string", "GM-S08", "The args of a call are JSON text.", _calls(kit.set_at("", args='{"city":"Tokyo"}'))
    ),
    _call.fault("args-list", "GM-S08", "The args of a call are a list.", _calls(kit.set_at("", args=["Tokyo"]))),
    _call.fault(
        "args-called-arguments",
        "GN-21",
        "The args of a call are called arguments.",
        _calls(kit.rename_at("", "args", "arguments")),
    ),
    _call.fault(
        "args-string_whole",
        "GM-S08",
        "The args of a call are JSON text.",
        kit.whole_set(f"{PARTS}.functionCall", args='{"city":"Tokyo"}'),
        on=f"{CALL}_whole",
    ),
    _call.fault("id-missing", "GM-S09", "A call has no id.", _calls(kit.drop_at("", "id"))),
    _call.fault("id-empty", "GM-S09", "The id of a call is empty.", _calls(kit.set_at("", id=""))),
    _call.fault("ids-same", "GM-R07", "Two calls have one id.", _calls(kit.set_at("", id="fc1")), on=TWICE),
    _call.fault(
        "ids-same_whole",
        "GM-R07",
        "Two calls have one id.",
        kit.whole_set(f"{PARTS}.functionCall", id="fc1"),
        on=f"{TWICE}_whole",
    ),
    _call.fault(
        "unsealed", "GM-S11", "The first call has no signature.", kit.chunks(kit.drop_at(PARTS, "thoughtSignature"))
    ),
    _call.fault(
        "unsealed_whole",
        "GM-S11",
        "The first call has no signature.",
        kit.whole_drop(PARTS, "thoughtSignature"),
        on=f"{CALL}_whole",
    ),
    _call.fault(
        "beside-text",
        "GM-R06",
        "A part holds a text and a call.",
        kit.chunks(
            lambda told: [part.update(text="I will look.") for part in kit.at(told, PARTS) if "functionCall" in part]
        ),
    ),
    _call.fault(
        "name-missing", "VX-S02", "A call has no name.", _calls(kit.drop_at("", "name")), also=frozenset({"GN-21"})
    ),
    _call.fault(
        "snake-case",
        "GM-R08",
        "A call is called function_call.",
        kit.chunks(kit.rename_at(PARTS, "functionCall", "function_call")),
        also=frozenset({"GM-R05"}),
    ),
    _call.fault(
        "of-chat",
        "GM-R05",
        "A call comes as tool_calls of the content.",
        kit.chunks(
            lambda told: [
                one.update(parts=[], tool_calls=[{"id": "c", "type": "function"}])
                for one in kit.at(told, "candidates[].content")
            ]
        ),
    ),
    _in_pieces("piece-without-call", "VX-S02", "A piece of arguments belongs to no call.", _piece()),
    _in_pieces(
        "piece-after-end",
        "VX-S02",
        "A piece follows a call that was whole.",
        {"name": "get_weather", "id": "fc1", "args": {"city": "Tokyo"}},
        _piece(),
    ),
    _in_pieces(
        "piece-nowhere",
        "VX-S03",
        "A piece of arguments does not say where it belongs.",
        _BEGIN,
        _piece(jsonPath="city") | _MORE,
        {},
    ),
    _in_pieces(
        "piece-of-two", "VX-S03", "A piece of arguments has two values.", _BEGIN, _piece(numberValue=1) | _MORE, {}
    ),
    _in_pieces(
        "pieces-unasked",
        "VX-S05",
        "Arguments come in pieces, and nobody asked for that.",
        _BEGIN,
        _piece() | _MORE,
        {},
        asks=None,
    ),
)
