"""Read a request as the server does: the canonical request that path and body say.

Rule of the file: refusing is over before reading begins, so readers may trust the shape of the body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from conformance.dialects import Refusal
from conformance.exchange import path_of
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

from .refusing import refuse_body
from .reply import arguments_of
from .words import CHOICES, IMAGE_FORMATS, count_of

_MODEL, _STREAM = "modelId", "stream"
"""Where `heard` lays what the path says. The service model calls the model so; `stream` has no name there."""


def heard(url: str, body: JSON) -> JSON:
    """The body with the model and the kind of answer that the path names."""
    segments = path_of(url).split("/")
    if not isinstance(body, dict) or len(segments) < 3 or not segments[-1].startswith("converse"):
        return body
    return {**body, _MODEL: unquote(segments[-2]), _STREAM: segments[-1] == "converse-stream"}


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the vendor answers with 400."""
    if (found := refuse_body(body)) is not None:
        raise Refusal(found)
    rest = {key: value for key, value in body.items() if value is not None}
    inference, tools = rest.pop("inferenceConfig", {}), rest.pop("toolConfig", {})
    return ChatRequest(
        model=rest.pop(_MODEL, ""),
        messages=tuple(message for raw in rest.pop("messages") for message in _messages(raw)),
        **_system(rest),
        max_tokens=count_of(inference.get("maxTokens")),
        temperature=inference.get("temperature"),
        top_p=inference.get("topP"),
        stop=tuple(inference.get("stopSequences") or ()),
        tools=tuple(_tool(one["toolSpec"]) for one in tools.get("tools") or () if "toolSpec" in one),
        tool_choice=_tool_choice(tools.get("toolChoice")),
        reasoning=_reasoning(rest),
        response_format=_response_format(rest),
        stream=rest.pop(_STREAM, False) is True,
        extra=rest,
    )


def _system(rest: dict[str, JSON]) -> dict[str, Any]:
    texts = [one["text"] for one in rest.pop("system", ()) if "text" in one]
    return {"system": "\n\n".join(texts)} if texts else {}


def _messages(raw: dict[str, JSON]) -> Iterator[Message]:
    """The canonical turns of one message: results of tools stand in a turn of their own."""
    parts = tuple(_part(block) for block in raw["content"])
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    if results:
        yield Message("tool", results)
    if rest := tuple(part for part in parts if not isinstance(part, ToolResult)) if results else parts:
        yield Message(raw["role"], rest)


def _part(block: dict[str, JSON]) -> Part:
    kind = next(iter(block), "")
    read = _PARTS.get(kind)
    return Opaque(kind, block) if read is None else read(block)


_TYPES = {word: media_type for media_type, word in IMAGE_FORMATS.items()}


def _image(block: dict[str, JSON]) -> Image | Opaque:
    found = block["image"]
    if "bytes" not in found["source"]:
        return Opaque("image", block)
    return Image(data=found["source"]["bytes"], media_type=_TYPES[found["format"]])


def _tool_use(block: dict[str, JSON]) -> ToolCall:
    found = block["toolUse"]
    return ToolCall(found["toolUseId"], found["name"], arguments_of(found["input"]))


def _tool_result(block: dict[str, JSON]) -> ToolResult | Opaque:
    found = block["toolResult"]
    parts = [_result(one) for one in found["content"]]
    if not all(isinstance(part, Text | Image) for part in parts):
        return Opaque("toolResult", block)
    return ToolResult(found["toolUseId"], tuple(parts), found.get("status") == "error")  # type: ignore[arg-type]


def _result(one: dict[str, JSON]) -> Part:
    return Text(json.dumps(one["json"], ensure_ascii=False)) if "json" in one else _part(one)


def _thinking(block: dict[str, JSON]) -> Thinking:
    found = block["reasoningContent"]
    if "redactedContent" in found:
        return Thinking("", redacted=found["redactedContent"])
    return Thinking(found["reasoningText"]["text"], found["reasoningText"].get("signature"))


_PARTS: Mapping[str, Callable[[dict[str, Any]], Part]] = {
    "text": lambda block: Text(block["text"]),
    "image": _image,
    "toolUse": _tool_use,
    "toolResult": _tool_result,
    "reasoningContent": _thinking,
}


def _tool(said: dict[str, JSON]) -> Tool:
    return Tool(said["name"], said.get("description") or "", said["inputSchema"]["json"], said.get("strict"))


_MODES: Mapping[str, Any] = {word: mode for mode, word in CHOICES.items()}


def _tool_choice(choice: JSON) -> ToolChoice | None:
    if not choice:
        return None
    kind = next(iter(choice))
    return ToolChoice(_MODES[kind], choice[kind].get("name"))


def _reasoning(rest: dict[str, JSON]) -> Reasoning | None:
    """What the model has a word for; other fields of the model beneath stay in `extra`."""
    fields, output = dict(rest.get("additionalModelRequestFields") or {}), dict(rest.get("outputConfig") or {})
    thinking = fields.get("thinking")
    effort = output.pop("effort", None)
    budget = None
    if isinstance(thinking, dict) and thinking.get("type") in ("enabled", "disabled"):
        budget = count_of(fields.pop("thinking").get("budget_tokens"))
        effort = "none" if thinking["type"] == "disabled" else effort
    _keep(rest, "additionalModelRequestFields", fields)
    _keep(rest, "outputConfig", output)
    return Reasoning(effort, budget) if (effort, budget) != (None, None) else None


def _response_format(rest: dict[str, JSON]) -> ResponseFormat | None:
    output = dict(rest.get("outputConfig") or {})
    if (wanted := output.pop("textFormat", None)) is None:
        return None
    _keep(rest, "outputConfig", output)
    found = wanted["structure"]["jsonSchema"]
    return ResponseFormat(json.loads(found["schema"]), found.get("name") or "answer")


def _keep(rest: dict[str, JSON], key: str, value: dict[str, JSON]) -> None:
    """Put back what is left of a field, or nothing."""
    rest.pop(key, None)
    if value:
        rest[key] = value
