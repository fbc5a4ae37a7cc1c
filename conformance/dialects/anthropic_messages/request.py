"""Say a canonical request in this language.

Rule of the file: every canonical field lands in the body or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.dialects.anthropic_messages.content import messages_of
from conformance.dialects.anthropic_messages.words import EFFORTS, OLD_VERSION, VERSION
from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Message, Text, Tool

QUIRKS: Mapping[str, JSON] = {
    "default_max_tokens": 8192,
    "version": VERSION,
    "anthropic_version": None,
}
"""What a speaker of this dialect may set otherwise, with the values that hold when it says nothing.

default_max_tokens  the field is required on the wire: what is sent for a request that names none
version             the `anthropic-version` that the adapter sends; only with 2023-06-01 are sampling parameters sent
anthropic_version   what clouds take in the body that take no such header, and the model in the URL: no model is sent
"""


def body(request: ChatRequest, quirks: Mapping[str, JSON]) -> JSON:
    """The request body. Raises `UnsupportedError` for what the language cannot say."""
    facts = {**QUIRKS, **quirks}
    system, turns = _system(request)
    said = {
        "model": request.model,
        "max_tokens": facts["default_max_tokens"] if request.max_tokens is None else request.max_tokens,
        "system": system,
        "messages": messages_of(turns),
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request),
        **_sampling(request, facts["version"]),
        "stop_sequences": list(request.stop) or None,
        **_reasoning(request),
        "output_config": _output_config(request),
        "stream": request.stream or None,
    }
    if facts["anthropic_version"] is not None:
        said = {"anthropic_version": facts["anthropic_version"], **said, "model": None}
    found = {key: value for key, value in said.items() if value is not None}
    for key, value in request.extra.items():
        found[key] = _merged(found.get(key), value)
    return found


def _merged(ours: JSON, extra: JSON) -> JSON:
    """A field of `extra` beside ours of the same name: objects and lists are joined, all else is replaced."""
    if isinstance(ours, dict) and isinstance(extra, Mapping):
        return {**ours, **extra}
    if isinstance(ours, list) and isinstance(extra, list):
        return [*ours, *extra]
    return extra


def _system(request: ChatRequest) -> tuple[JSON, tuple[Message, ...]]:
    """The top-level system and the turns after it: system messages that lead belong to the top level."""
    texts = [] if request.system is None else [request.system]
    turns = request.messages
    while turns and turns[0].role == "system" and all(isinstance(part, Text) for part in turns[0].parts):
        texts += [part.text for part in turns[0].parts if isinstance(part, Text)]
        turns = turns[1:]
    if len(texts) > 1:
        return [{"type": "text", "text": text} for text in texts], turns
    return (texts[0] if texts else None), turns


def _tool(tool: Tool) -> JSON:
    said: dict[str, Any] = {"name": tool.name}
    if tool.description:
        said["description"] = tool.description
    said["input_schema"] = {"type": "object", "properties": {}} if tool.parameters is None else tool.parameters
    if tool.strict is not None:
        said["strict"] = tool.strict
    return said


_CHOICES = {"auto": "auto", "required": "any", "none": "none", "tool": "tool"}


def _tool_choice(request: ChatRequest) -> JSON:
    """The choice; whether calls may be parallel is said inside it, so that alone calls for a choice too."""
    choice, parallel = request.tool_choice, request.parallel_tool_calls
    if choice is None and parallel is None:
        return None
    said: dict[str, Any] = {"type": _CHOICES[choice.mode] if choice else "auto"}
    if choice and choice.mode == "tool":
        said["name"] = choice.name
    if parallel is not None and said["type"] != "none":  # without calls there is nothing to be parallel
        said["disable_parallel_tool_use"] = not parallel
    return said


def _sampling(request: ChatRequest, version: str) -> dict[str, JSON]:
    said = {"temperature": request.temperature, "top_p": request.top_p}
    for name, value in said.items():
        if value is not None and version != OLD_VERSION:
            raise UnsupportedError(
                f"anthropic-messages has no {name} since version {version}",
                f"leave {name} out, or speak version {OLD_VERSION} (quirk `version`)",
            )
    return said


def _reasoning(request: ChatRequest) -> dict[str, JSON]:
    if (wish := request.reasoning) is None:
        return {}
    if wish.effort not in (None, "none", *EFFORTS):
        raise UnsupportedError(
            f"anthropic-messages has no reasoning effort {wish.effort!r}", f"choose one of: none, {', '.join(EFFORTS)}"
        )
    if wish.budget_tokens is not None:
        return {"thinking": {"type": "enabled", "budget_tokens": wish.budget_tokens}}
    return {"thinking": {"type": "disabled" if wish.effort == "none" else "adaptive"}}


def _output_config(request: ChatRequest) -> JSON:
    """Effort and format. A format has no name here and is always strict, so neither is sent."""
    said: dict[str, JSON] = {}
    if request.reasoning and request.reasoning.effort not in (None, "none"):
        said["effort"] = request.reasoning.effort
    if wish := request.response_format:
        if wish.schema is None:
            raise UnsupportedError(
                "anthropic-messages cannot ask for any JSON object", "give the response format a JSON Schema"
            )
        said["format"] = {"type": "json_schema", "schema": wish.schema}
    return said or None
