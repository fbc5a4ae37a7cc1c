"""Probes: one canonical field at a time, with a value that is easy to find again on the wire.

Rule of the file: data. Every field of `ChatRequest` has a probe (a test holds the table against the struct).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.model import JSON, ChatRequest, Image, Message, Reasoning, ResponseFormat, Text, ToolChoice, user
from conformance.subjects.samples import ORDER, WEATHER, answered_request, minimal_request, request_with_tools

if TYPE_CHECKING:
    from conformance.adapters import Adapter

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ANSWER = {
    "type": "object",
    "properties": {"mark_city": {"type": "string"}},
    "required": ["mark_city"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Probe:
    """Set one field and look whether the request knows of it."""

    field: str
    change: Callable[[ChatRequest], ChatRequest]
    marks: tuple[JSON, ...] = ()
    """Values that must be found in the URL or body; without marks any change of it will do."""
    base: Callable[[str], ChatRequest] = minimal_request
    needed: bool = False
    """It may not even be refused."""

    def without(self, adapter: Adapter) -> ChatRequest:
        return self.base(adapter.model)

    def given(self, adapter: Adapter) -> ChatRequest:
        return self.change(self.without(adapter))


def _set(field: str, value: object, *marks: JSON, base: Callable[[str], ChatRequest] = minimal_request) -> Probe:
    name = field.partition(":")[0]
    return Probe(field, lambda request: replace(request, **{name: value}), marks, base)


def _ask(*parts: Text | Image) -> Callable[[ChatRequest], ChatRequest]:
    return lambda request: replace(request, messages=(Message("user", parts),))


def _turns(request: ChatRequest) -> ChatRequest:
    said = (user("mark-first"), Message("assistant", (Text("mark-second"),)), user("mark-third"))
    return replace(request, messages=said)


PROBES: tuple[Probe, ...] = (
    Probe("model", lambda request: replace(request, model="mark-model"), ("mark-model",), needed=True),
    Probe("messages", _turns, ("mark-first", "mark-second", "mark-third"), needed=True),
    Probe("messages: image by URL", _ask(Text("?"), Image("https://mark.example/a.png")), ("mark.example/a.png",)),
    Probe("messages: image by bytes", _ask(Text("?"), Image(data=PIXEL)), (PIXEL,)),
    Probe(
        "messages: type of an image",
        _ask(Text("?"), Image(data=PIXEL, media_type="image/webp")),
        ("webp",),
        lambda model: _ask(Text("?"), Image(data=PIXEL))(minimal_request(model)),
    ),
    Probe(
        "messages: tool call and result",
        lambda request: replace(answered_request(request.model), tools=request.tools),
        ("call_mark_1", "mark-result", WEATHER.name),
        request_with_tools,
    ),
    _set("system", "mark-system", "mark-system"),
    _set("tools", (ORDER,), ORDER.name, ORDER.description),
    _set("tools: strict", (replace(WEATHER, strict=True),), base=request_with_tools),
    Probe(
        "messages: detail of an image",
        _ask(Text("?"), Image("https://mark.example/a.png", detail="high")),
        ("high",),
        lambda model: _ask(Text("?"), Image("https://mark.example/a.png"))(minimal_request(model)),
    ),
    _set("tool_choice", ToolChoice("none"), base=request_with_tools),
    _set("tool_choice", ToolChoice("required"), base=request_with_tools),
    _set("tool_choice", ToolChoice("tool", WEATHER.name), WEATHER.name, base=request_with_tools),
    _set("parallel_tool_calls", False, base=request_with_tools),
    _set("max_tokens", 4242, 4242),
    _set("temperature", 0.375, 0.375),
    _set("top_p", 0.8125, 0.8125),
    _set("stop", ("mark-stop", "mark-halt"), ["mark-stop", "mark-halt"]),
    _set("response_format", ResponseFormat(ANSWER, "mark_format"), "mark_city"),
    _set("response_format", ResponseFormat()),
    _set("reasoning", Reasoning(effort="low"), "low"),
    _set("reasoning", Reasoning(budget_tokens=2048), 2048),
    _set("stream", False),
    _set("extra", {"x_mark": {"deep": [1, "mark-extra"]}}, "x_mark", [1, "mark-extra"]),
)
