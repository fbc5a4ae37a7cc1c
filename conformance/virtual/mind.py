"""What the virtual model answers: what a scenario says, or else what the request itself asks for.

Rule of the file: the same request always gets the same answer; nothing is drawn by lot, no clock is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from conformance.model import ChatRequest, Error, Reply, Text, Thinking, Tool, ToolCall, ToolResult, Usage
from conformance.scenarios import SCENARIOS, Scenario
from conformance.virtual.samples import sample

GREETING = "Hello! This is the virtual provider, and this is its one fixed answer."

_IDS: Mapping[str, tuple[str, str]] = {"openai-chat": ("chatcmpl-", "call_"), "anthropic-messages": ("msg_", "toolu_")}
"""How ids of answers and of calls begin in a dialect."""

_TOKEN = re.compile(r"\s*\S+")
"""What counts as one token here: a word with the space before it."""


def think(request: ChatRequest, dialect: str) -> Reply | Error:
    """The answer to a request, with ids that follow from it."""
    found = _scripted(request) or _improvised(request)
    if isinstance(found, Error):
        return found
    answer, call = _IDS.get(dialect, ("answer-", "call-"))
    seed = hashlib.sha256(msgspec.json.encode(replace(request, stream=False))).hexdigest()
    parts = tuple(
        replace(part, id=f"{call}{seed[:12]}{number:02}") if isinstance(part, ToolCall) and not part.id else part
        for number, part in enumerate(found.parts)
    )
    usage = found.usage if found.usage != Usage() else Usage(count(request), _said(found))
    return replace(found, id=f"{answer}{seed[:24]}", model=request.model, parts=parts, usage=usage)


def count(request: ChatRequest) -> int:
    """How many tokens a prompt has: an estimate that depends on the prompt alone."""
    return len(_TOKEN.findall(" ".join(_texts(request)))) + 3 * len(request.messages)


# ------------------------------------------------------------------ scenarios


def _scripted(request: ChatRequest) -> Reply | Error | None:
    """The answer of the scenario that is played here; None when it is none, or asks for something else."""
    played = _by_question().get(_question(request))
    if played is None or not _offers_what_it_needs(played, request):
        return None
    return played.answer


@cache
def _by_question() -> Mapping[tuple[str, ...], Scenario]:
    return {_question(one.request): one for one in SCENARIOS.values() if not one.name.endswith("_whole")}


def _question(request: ChatRequest) -> tuple[str, ...]:
    """The last that the user said, and what tools have returned since."""
    results: list[str] = []
    for message in reversed(request.messages):
        results += [_plain(part.content) for part in message.parts if isinstance(part, ToolResult)]
        if message.role == "user" and (said := _plain(message.parts)):
            return (said, *reversed(results))
    return tuple(reversed(results))


def _offers_what_it_needs(played: Scenario, request: ChatRequest) -> bool:
    script = played.request
    offered = {tool.name for tool in request.tools}
    return (
        offered >= {tool.name for tool in script.tools}
        and script.max_tokens in (None, request.max_tokens)
        and script.stop in ((), request.stop)
        and (script.response_format is None) == (request.response_format is None)
    )


# ------------------------------------------------------------------ anything else


def _improvised(request: ChatRequest) -> Reply:
    """Do what the request asks for: a call when tools are offered, JSON when a schema is given, else a greeting."""
    returned = _returned(request)
    if (tool := _tool_to_call(request)) and returned is None:
        arguments = json.dumps(sample(tool.parameters or {"type": "object"}), ensure_ascii=False)
        return Reply(parts=(*_thoughts(request), ToolCall("", tool.name, arguments)), stop="tool_use")
    if request.response_format:
        schema = request.response_format.schema
        value = {"answer": GREETING} if schema is None else sample(schema)
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = GREETING if returned is None else f"The tool returned: {returned}"
    return _cut(text, request)


def _cut(text: str, request: ChatRequest) -> Reply:
    """The text as far as stop sequences and max_tokens let it come."""
    at, stop = min(((text.find(one), one) for one in request.stop if one and one in text), default=(len(text), None))
    text = text[:at]
    tokens = _TOKEN.findall(text)
    limit = request.max_tokens
    if limit is not None and len(tokens) > limit:
        return Reply(parts=(*_thoughts(request), Text("".join(tokens[:limit]))), stop="length")
    return Reply(parts=(*_thoughts(request), Text(text)), stop_sequence=stop)


def _thoughts(request: ChatRequest) -> tuple[Thinking, ...]:
    wanted = request.reasoning and request.reasoning.effort != "none"
    return (Thinking("The request says what to answer, so I answer that."),) if wanted else ()


def _tool_to_call(request: ChatRequest) -> Tool | None:
    """The tool that is named, else the one whose name the question mentions, else the first."""
    choice = request.tool_choice
    if not request.tools or (choice and choice.mode == "none"):
        return None
    if choice and choice.mode == "tool":
        return next((tool for tool in request.tools if tool.name == choice.name), None)
    asked = " ".join(_question(request)).lower()
    return max(
        request.tools, key=lambda tool: sum(word in asked for word in re.findall(r"[a-z]{4,}", tool.name.lower()))
    )


def _returned(request: ChatRequest) -> str | None:
    """What tools have returned since the model spoke last; None when nothing."""
    results = [part for part in request.messages[-1].parts if isinstance(part, ToolResult)] if request.messages else []
    return "; ".join(_plain(one.content) for one in results) if results else None


# ------------------------------------------------------------------ texts


def _plain(parts: tuple[Any, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def _texts(request: ChatRequest) -> Iterator[str]:
    yield request.system or ""
    for tool in request.tools:
        yield f"{tool.name} {tool.description}"
    for message in request.messages:
        for part in message.parts:
            if isinstance(part, Text):
                yield part.text
            elif isinstance(part, ToolResult):
                yield _plain(part.content)
            elif isinstance(part, ToolCall):
                yield part.arguments


def _said(reply: Reply) -> int:
    calls = [f"{call.name} {call.arguments}" for call in reply.tool_calls]
    return max(1, len(_TOKEN.findall(" ".join([reply.thinking, reply.text, *calls]))))
