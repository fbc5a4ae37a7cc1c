"""A request body, as a server of this language reads it -> ChatRequest.

Rule of the file: fields without a canonical word go to `extra` as they came, so that encoding the request again gives
the same body. What the URL says (model, streamed or not) is laid into the body first: see `heard`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

from conformance.dialects import Refusal
from conformance.model import JSON, ChatRequest, Reasoning, ResponseFormat, Tool, ToolChoice, error

from .checks import first_fault
from .names import spelt
from .parse_contents import Item, messages_of, system_of
from .paths import place_of
from .request import LEVELS

FROM_URL = "$url"
"""The key under which `heard` lays what the URL says."""

_SAMPLING = frozenset({"maxOutputTokens", "temperature", "topP", "stopSequences"})
_FORMAT = frozenset({"responseMimeType", "responseSchema", "responseJsonSchema"})


class Heard(Struct, frozen=True):
    """What a URL says of a call."""

    model: str = ""
    stream: bool = False
    array: bool = False


def heard(url: str, body: JSON) -> JSON:
    """The body with what the URL says laid into it."""
    place = place_of(url)
    if place is None or not isinstance(body, dict):
        return body
    stream = place.verb == "streamGenerateContent"
    return {**body, FROM_URL: Heard(unquote(place.model), stream, stream and place.alt != "sse")}


def told(body: JSON) -> Heard:
    """What `heard` laid into a body; nothing for a bare one."""
    found = body.get(FROM_URL) if isinstance(body, dict) else None
    return found if isinstance(found, Heard) else Heard()


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the official server refuses."""
    said = told(body)
    bare = {key: value for key, value in body.items() if key != FROM_URL} if isinstance(body, dict) else body
    asked = spelt(bare)
    if fault := first_fault(asked):
        raise Refusal(error("invalid_request", fault.message, status=400))
    config = asked.get("generationConfig") or {}
    system, leading = system_of(asked.get("systemInstruction"))
    return ChatRequest(
        model=said.model,
        system=system,
        messages=leading + messages_of(asked["contents"]),
        tools=tuple(_tools(asked)),
        tool_choice=_tool_choice(asked),
        max_tokens=config.get("maxOutputTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        stop=tuple(config.get("stopSequences") or ()),
        response_format=_response_format(config),
        reasoning=_reasoning(config.get("thinkingConfig")),
        stream=said.stream,
        extra=dict(_extra(asked, config)),
    )


# ------------------------------------------------------------------ fields


def functions_in(asked: JSON) -> list[Item]:
    """All function declarations of a request."""
    tools = asked.get("tools") if isinstance(asked, dict) else None
    entries = [one for one in tools if isinstance(one, dict)] if isinstance(tools, list) else []
    lists = [one.get("functionDeclarations") for one in entries]
    return [one for found in lists if isinstance(found, list) for one in found if isinstance(one, dict)]


def schema_in(function: Item) -> JSON:
    """The JSON Schema of a function's parameters; None when it takes none."""
    found = function.get("parametersJsonSchema")
    return function.get("parameters") if found is None else found


def _mode(asked: Item) -> Item:
    return (asked.get("toolConfig") or {}).get("functionCallingConfig") or {}


def _tools(asked: Item) -> Iterator[Tool]:
    strict = True if _mode(asked).get("mode") == "VALIDATED" else None
    for one in functions_in(asked):
        yield Tool(one["name"], one.get("description") or "", schema_in(one), strict)


def _tool_choice(asked: Item) -> ToolChoice | None:
    config = _mode(asked)
    names = config.get("allowedFunctionNames") or []
    match config.get("mode"):
        case "ANY":
            return ToolChoice("tool", names[0]) if len(names) == 1 else ToolChoice("required")
        case "AUTO":
            return ToolChoice("auto")
        case "NONE":
            return ToolChoice("none")
    return None


def _response_format(config: Item) -> ResponseFormat | None:
    if config.get("responseMimeType") != "application/json":
        return None
    schema = config.get("responseJsonSchema")
    return ResponseFormat(config.get("responseSchema") if schema is None else schema)


def _reasoning(wanted: JSON) -> Reasoning | None:
    if not wanted:
        return None
    level, budget = wanted.get("thinkingLevel"), wanted.get("thinkingBudget")
    effort = level.lower() if isinstance(level, str) and level.lower() in LEVELS else None
    return Reasoning("none") if budget == 0 else Reasoning(effort, budget)


def _extra(asked: Item, config: Item) -> Iterator[tuple[str, JSON]]:
    """What the canonical request has no word for."""
    known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"}
    yield from ((name, value) for name, value in asked.items() if name not in known)
    tools = asked.get("tools") or []
    if tools and (len(tools) > 1 or tools[0].keys() != {"functionDeclarations"}):
        yield "tools", tools
    mode = _mode(asked)
    if len(mode.get("allowedFunctionNames") or ()) > 1 or mode.keys() - {"mode", "allowedFunctionNames"}:
        yield "toolConfig", asked["toolConfig"]
    elif rest := {key: value for key, value in (asked.get("toolConfig") or {}).items() if value is not mode}:
        yield "toolConfig", rest
    if rest := dict(_unsaid(config)):
        yield "generationConfig", rest


def _unsaid(config: Item) -> Iterator[tuple[str, JSON]]:
    formatted = config.get("responseMimeType") == "application/json"
    for name, value in config.items():
        if name in _SAMPLING or (name in _FORMAT and formatted and name != "responseSchema"):
            continue
        if name == "thinkingConfig" and _is_plain(value):
            continue
        if name != "responseSchema" or not formatted:
            yield name, value


def _is_plain(thinking: JSON) -> bool:
    """Whether encoding the canonical reasoning gives this very object."""
    if not isinstance(thinking, dict):
        return False
    level, budget = thinking.get("thinkingLevel"), thinking.get("thinkingBudget")
    if budget == 0:
        return thinking == {"thinkingBudget": 0}
    known = level is None or (isinstance(level, str) and level in LEVELS)
    return known and thinking.get("includeThoughts") is True and len(thinking) == 2
