"""Faults of clients in what a message holds and which calls it replays.

Rule of the file: options stand in `options`; what mistral's clients get wrong too stands in `choices.clients`.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.choices.clients import IMAGE, RESULT, at_client, clients, message
from conformance.faults.every.telling import Teller

from .telling import NAME

TOLD = Teller(NAME, "request")
_SHOWN: Any = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
_CALLS, _CALLED = "messages[].tool_calls[]", "messages[].tool_calls[].function"


def _says(role: str, content: Any) -> kit.Change:
    """One more message stands first."""
    return lambda body: body["messages"].insert(0, {"role": role, "content": content})


def _shows(**part: Any) -> kit.Change:
    """The user's message has one part, this."""
    return message(-1, content=[part])


_TEXT_ONLY = (
    ("system-image", "OC-Q03", "The system's message shows an image.", _says("system", _SHOWN), ""),
    ("developer-null", "OC-Q03", "The developer's message has no content.", _says("developer", None), ""),
    ("system-list", "OC-Q03", "The system's message is a list of strings.", _says("system", ["Be brief."]), ""),
    ("result-object", "OC-Q03", "A result is an object.", message(-1, content={"sky": "rain"}), RESULT),
    ("result-image", "OC-Q03", "A result shows an image.", message(-1, content=_SHOWN), RESULT),
    ("result-null", "OC-Q03", "A result is null.", message(-1, content=None), RESULT),
)
_PARTS = (
    (
        "content-missing",
        "OC-Q04",
        "The user's message has no content.",
        lambda body: body["messages"][-1].pop("content"),
        "",
    ),
    ("content-object", "OC-Q04", "The user's message is an object.", message(-1, content={"text": "Hi"}), ""),
    ("part-untyped", "OC-Q04", "A part has no type.", _shows(text="Hi"), ""),
    ("part-of-responses", "OC-Q04", "A part is of type input_text.", _shows(type="input_text", text="Hi"), ""),
    ("part-of-anthropic", "OC-Q04", "A part is of type image.", _shows(type="image", source={}), ""),
    ("part-textless", "OC-Q04", "A part of text has none.", _shows(type="text"), ""),
    ("image-bare", "OC-Q04", "An image is a bare URL.", _shows(type="image_url", image_url="https://a.example"), ""),
    ("image-nowhere", "OC-Q04", "An image has no URL.", kit.drop_at("messages[].content[].image_url", "url"), IMAGE),
    (
        "audio-flac",
        "OC-Q04",
        "Audio is flac.",
        _shows(type="input_audio", input_audio={"data": "AA", "format": "flac"}),
        "",
    ),
    ("audio-lost", "OC-Q04", "Audio has no data.", _shows(type="input_audio", input_audio={"format": "wav"}), ""),
    ("file-bare", "OC-Q04", "A file is its bare id.", _shows(type="file", file="file-1"), ""),
)
_REPLAYED = (
    ("call-unnamed", "OC-Q06", "A replayed call has no name.", kit.drop_at(_CALLED, "name"), RESULT),
    ("call-flat", "OC-Q06", "Name and arguments have no function around them.", lambda body: _flat(body), RESULT),
    ("arguments-object", "OC-Q06", "Replayed arguments are an object.", kit.set_at(_CALLED, arguments={}), RESULT),
    ("arguments-missing", "OC-Q06", "A replayed call has no arguments.", kit.drop_at(_CALLED, "arguments"), RESULT),
    ("arguments-cut", "OC-Q06", "Replayed arguments are cut short.", kit.set_at(_CALLED, arguments='{"city'), RESULT),
    (
        "arguments-python",
        "OC-Q06",
        "Arguments as Python prints them.",
        kit.set_at(_CALLED, arguments="{'a': 1}"),
        RESULT,
    ),
    ("result-unnamed", "OC-Q07", "A result names no call.", kit.drop_at("messages[]", "tool_call_id"), RESULT),
    ("result-of-function", "OC-Q07", "A result is a function's.", message(-1, role="function", name="f"), RESULT),
    (
        "result-first",
        "OC-Q07",
        "The result stands before its call.",
        lambda body: body["messages"].insert(0, body["messages"].pop()),
        RESULT,
    ),
)


def _flat(body: dict[str, Any]) -> None:
    for call in kit.at(body, _CALLS):
        call.update(call.pop("function"))


_ID_LOST = TOLD.fault(
    "call-without-id",
    "OC-Q06",
    "A replayed call has no id.",
    Bend(),
    asks=kit.asking(kit.drop_at(_CALLS, "id")),
    on=RESULT,
    also=frozenset({"OC-Q07"}),
)

FAULTS = (*clients(TOLD), _ID_LOST, *(at_client(TOLD, *one) for one in (*_TEXT_ONLY, *_PARTS, *_REPLAYED)))
