"""Faults of clients in what they send of a conversation: turns, calls, results and their signatures.

Rule of the file: one field at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import NAME

_fault = Teller(NAME, "request").body
RESULT, IMAGE = "tool_result", "image_input"
_PARTS = "contents[].parts[]"


FAULTS = (
    _fault(
        "part-of-two",
        "GM-Q02",
        "A part holds a text and bytes.",
        lambda body: [part.update(text="What is this?") for part in kit.at(body, _PARTS)],
        IMAGE,
    ),
    _fault("part-empty", "GM-Q02", "A part holds nothing.", lambda body: body["contents"][0]["parts"].append({})),
    _fault("part-typed", "GM-Q02", "A part holds its text under its type.", kit.set_at(_PARTS, type="text", text=None)),
    _fault(
        "result-unnamed",
        "GM-Q03",
        "A result has the name of no call.",
        kit.set_at(f"{_PARTS}.functionResponse", name="call_1"),
        RESULT,
    ),
    _fault(
        "result-string",
        "GM-Q03",
        "A result is a string.",
        kit.set_at(f"{_PARTS}.functionResponse", response="rain"),
        RESULT,
    ),
    _fault(
        "result-lost",
        "GM-Q04",
        "A call has no result.",
        lambda body: body["contents"][-1].update(parts=[{"text": "And?"}]),
        RESULT,
    ),
    _fault(
        "result-twice",
        "GM-Q04",
        "A call has two results.",
        lambda body: body["contents"][-1].update(parts=body["contents"][-1]["parts"] * 2),
        RESULT,
    ),
    _fault(
        "result-other-id",
        "GM-Q04",
        "A result has the id of no call.",
        kit.set_at(f"{_PARTS}.functionResponse", id="other"),
        RESULT,
    ),
    _fault(
        "signature-lost",
        "GM-Q05",
        "A call comes back without its signature.",
        kit.drop_at(_PARTS, "thoughtSignature"),
        RESULT,
    ),
    _fault(
        "signature-changed",
        "GM-Q05",
        "A signature was changed.",
        kit.set_at(_PARTS, thoughtSignature="not base64!"),
        RESULT,
    ),
    _fault(
        "system-turn",
        "GM-Q06",
        "System text is a turn.",
        lambda body: body["contents"].insert(0, {"role": "system", "parts": [{"text": "Be brief."}]}),
    ),
    _fault(
        "call-in-pieces",
        "GM-Q11",
        "A call in the history has pieces of arguments.",
        kit.set_at(f"{_PARTS}.functionCall", partialArgs=[], willContinue=False),
        RESULT,
    ),
)
