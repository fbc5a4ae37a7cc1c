"""Say a canonical request in this language.

Rule of the file: every canonical field lands in path or body or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Message, Text, Tool, ToolCall

from .content import messages_of
from .words import CHOICES


def path(request: ChatRequest) -> str:
    """The model stands in the path, as one segment whatever it holds: ARNs have slashes."""
    return f"/model/{quote(request.model, safe='')}/converse{'-stream' if request.stream else ''}"


def body(request: ChatRequest, quirks: Mapping[str, JSON]) -> JSON:
    """The request body. Raises `UnsupportedError` for what the language cannot say."""
    if request.parallel_tool_calls is False:  # True is what the service does anyway
        raise UnsupportedError(
            "bedrock-converse cannot forbid parallel tool calls", "leave parallel_tool_calls out, or use `extra`"
        )
    system, turns = _system(request)
    said = {
        "messages": messages_of(turns),
        "system": [{"text": text} for text in system],
        "inferenceConfig": _inference(request),
        "toolConfig": _tools(request),
        "outputConfig": _output(request),
        "additionalModelRequestFields": _thinking(request),
    }
    found = {key: value for key, value in said.items() if value}
    for key, value in request.extra.items():
        found[key] = _merged(found.get(key), value)
    return found


def _merged(ours: JSON, extra: JSON) -> JSON:
    """A field of `extra` beside ours of the same name: objects and lists are joined, all else is replaced."""
    if isinstance(ours, dict) and isinstance(extra, Mapping):
        return {**ours, **{key: _merged(ours.get(key), value) for key, value in extra.items()}}
    if isinstance(ours, list) and isinstance(extra, list):
        return [*ours, *extra]
    return extra


def _system(request: ChatRequest) -> tuple[list[str], tuple[Message, ...]]:
    """The system texts and the turns after them: system messages that lead belong to the top level."""
    texts = [] if request.system is None else [request.system]
    turns = request.messages
    while turns and turns[0].role == "system" and all(isinstance(part, Text) for part in turns[0].parts):
        texts += [part.text for part in turns[0].parts if isinstance(part, Text)]
        turns = turns[1:]
    return [text for text in texts if text], turns  # an empty one is refused by the service


def _inference(request: ChatRequest) -> dict[str, JSON]:
    said = {
        "maxTokens": request.max_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "stopSequences": list(request.stop) or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _tools(request: ChatRequest) -> dict[str, JSON]:
    """The tools and the choice. To want none of them is said by leaving them out."""
    choice = request.tool_choice
    if choice and choice.mode == "none":
        if any(isinstance(part, ToolCall) for turn in request.messages for part in turn.parts):
            raise UnsupportedError(
                "bedrock-converse has no tool choice none while the history holds tool calls",
                "its toolConfig may not be left out then: leave the tool choice out",
            )
        return {}
    said: dict[str, JSON] = {"tools": [_tool(tool) for tool in request.tools]} if request.tools else {}
    if choice:
        said["toolChoice"] = {CHOICES[choice.mode]: {"name": choice.name} if choice.mode == "tool" else {}}
    return said


def _tool(tool: Tool) -> JSON:
    said: dict[str, Any] = {"name": tool.name}
    if tool.description:
        said["description"] = tool.description
    schema = {"type": "object", "properties": {}} if tool.parameters is None else tool.parameters
    said["inputSchema"] = {"json": schema}
    if tool.strict is not None:
        said["strict"] = tool.strict
    return {"toolSpec": said}


def _output(request: ChatRequest) -> dict[str, JSON]:
    """Format and effort. The schema of the answer travels as a text that holds JSON, and is always strict."""
    said: dict[str, JSON] = {}
    if wish := request.response_format:
        if wish.schema is None:
            raise UnsupportedError(
                "bedrock-converse cannot ask for any JSON object", "give the response format a JSON Schema"
            )
        schema = json.dumps(wish.schema, ensure_ascii=False, separators=(",", ":"))
        structure = {"jsonSchema": {"schema": schema, "name": wish.name}}
        said["textFormat"] = {"type": "json_schema", "structure": structure}
    if request.reasoning and request.reasoning.effort not in (None, "none"):
        said["effort"] = request.reasoning.effort
    return said


def _thinking(request: ChatRequest) -> dict[str, JSON]:
    """A budget, and no thinking at all: the service has no words for them, its models that think share these."""
    if (wish := request.reasoning) is None:
        return {}
    if wish.budget_tokens is not None:
        return {"thinking": {"type": "enabled", "budget_tokens": wish.budget_tokens}}
    return {"thinking": {"type": "disabled"}} if wish.effort == "none" else {}
