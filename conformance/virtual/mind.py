"""What the virtual model answers: what a scenario says, or else what the request itself asks for.

Rule of the file: the same request always gets the same answer; nothing is drawn by lot, no clock is read.
"""

from __future__ import annotations

import hashlib
import json
import re

import msgspec
from msgspec.structs import replace

from conformance.dialects import dialect
from conformance.model import ChatRequest, Error, Reply, Text, Thinking, Tool, ToolCall, Usage
from conformance.virtual.hearing import TOKEN, count, question, returned, tokens_of
from conformance.virtual.samples import sample
from conformance.virtual.script import scripted

GREETING = "Hello! This is the virtual provider, and this is its one fixed answer."


def think(request: ChatRequest, speaks: str) -> Reply | Error:
    """The answer to a request, with ids that follow from it."""
    found = scripted(request) or _improvised(request)
    return found if isinstance(found, Error) else finished(found, request, speaks)


def finished(found: Reply, request: ChatRequest, speaks: str) -> Reply:
    """A reply with ids that follow from the request, and with usage where it has none."""
    ways = dialect(speaks).manners
    seed = hashlib.sha256(msgspec.json.encode(replace(request, stream=False))).hexdigest()
    parts = tuple(
        replace(part, id=f"{ways.call_id}{seed[: ways.call_digits]}{number:02}")
        if isinstance(part, ToolCall) and not part.id
        else part
        for number, part in enumerate(found.parts)
    )
    usage = found.usage if found.usage != Usage() else Usage(count(request), tokens_of(found))
    usage = replace(usage, **{name: getattr(usage, name) or 0 for name in ways.counted})
    return replace(found, id=f"{ways.answer_id}{seed[:24]}", model=request.model, parts=parts, usage=usage)


def _improvised(request: ChatRequest) -> Reply:
    """Do what the request asks for: a call when tools are offered, JSON when a schema is given, else a greeting."""
    results = returned(request)
    if (tool := _tool_to_call(request)) and not results:
        arguments = json.dumps(sample(tool.parameters or {"type": "object"}), ensure_ascii=False)
        return Reply(parts=(*_thoughts(request), ToolCall("", tool.name, arguments)), stop="tool_use")
    if request.response_format:
        schema = request.response_format.schema
        value = {"answer": GREETING} if schema is None else sample(schema)
        return _cut(json.dumps(value, ensure_ascii=False), request)
    return _cut(f"The tool returned: {'; '.join(results)}" if results else GREETING, request)


def _cut(text: str, request: ChatRequest) -> Reply:
    """The text as far as stop sequences and max_tokens let it come."""
    at, stop = min(((text.find(one), one) for one in request.stop if one and one in text), default=(len(text), None))
    text = text[:at]
    tokens = TOKEN.findall(text)
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
    asked = " ".join(question(request)).lower()
    return max(request.tools, key=lambda tool: sum(word in asked for word in _words(tool)))


def _words(tool: Tool) -> list[str]:
    return re.findall(r"[a-z]{4,}", tool.name.lower())
