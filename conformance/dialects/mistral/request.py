"""ChatRequest -> the JSON body of POST /v1/chat/completions at Mistral: openai-chat's, but for what differs.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from msgspec.structs import replace

from conformance.dialects import Quirks
from conformance.dialects.openai_chat.request import body_of as plainly
from conformance.errors import UnsupportedError, UsageError
from conformance.model import JSON, ChatRequest, Image, Message, Thinking, ToolCall, ToolResult

from .content import said_part

QUIRKS: Quirks = MappingProxyType({})
"""Nothing is known to vary between speakers of this language."""

_FACTS: Quirks = {"max_tokens_field": "max_tokens", "include_usage": False}
NO_PARAMETERS: JSON = {"type": "object", "properties": {}}
"""The schema of a tool without arguments: the language demands one."""


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body. Raises `UnsupportedError` for what cannot be said, `UsageError` for an unknown quirk."""
    if quirks:
        raise UsageError(f"mistral has no quirk {min(quirks)!r}", "it takes none")
    _refuse(request)
    tools = tuple(
        one if one.parameters is not None else replace(one, parameters=NO_PARAMETERS) for one in request.tools
    )
    body: JSON = plainly(replace(request, messages=(), tools=tools, stop=(), extra={}), _FACTS)
    body["messages"] += [said for message in request.messages for said in _turn(message)]
    if request.messages and request.messages[-1].role == "assistant":
        body["messages"][-1]["prefix"] = True  # an answer that is begun and shall be continued
    if request.stop:
        body["stop"] = list(request.stop)
    return body | dict(request.extra)


def _refuse(request: ChatRequest) -> None:
    if request.reasoning and request.reasoning.budget_tokens is not None:
        raise UnsupportedError("mistral has no reasoning budget in tokens; give an effort word instead")
    shown = (
        one for turn in request.messages for part in turn.parts if isinstance(part, ToolResult) for one in part.content
    )
    if any(isinstance(one, Image) for one in shown):
        raise UnsupportedError("mistral takes no image in the result of a tool")


def _turn(message: Message) -> Iterator[dict[str, JSON]]:
    """The messages of one turn; thinking is replayed as parts of the content."""
    asked = ChatRequest(model="", messages=(message,))
    said: list[dict[str, JSON]] = plainly(asked, _FACTS)["messages"]
    if message.role == "assistant" and any(isinstance(part, Thinking) and part.text for part in message.parts):
        spoken = (part for part in message.parts if not isinstance(part, ToolCall))
        parts = [part for part in spoken if not isinstance(part, Thinking) or part.text]
        said[0]["content"] = [said_part(part) for part in parts]  # type: ignore[arg-type]  # others were refused
    yield from said
