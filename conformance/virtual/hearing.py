"""What stands in a request as plain text, and how many tokens that is here.

Rule of the file: functions of the request alone; a token count is an estimate that is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.model import ChatRequest, Part, Reply, Text, ToolCall, ToolResult

TOKEN = re.compile(r"\s*\S+")
"""What counts as one token here: a word with the space before it."""


def question(request: ChatRequest) -> tuple[str, ...]:
    """The last that the user said, and what tools have returned since."""
    results: list[str] = []
    for message in reversed(request.messages):
        results += reversed(_results(message.parts))
        if message.role == "user" and (said := plain(message.parts)):
            return (said, *reversed(results))
    return tuple(reversed(results))


def returned(request: ChatRequest) -> list[str]:
    """What tools have returned since the model spoke last."""
    found: list[str] = []
    for message in reversed(request.messages):
        if message.role == "assistant":
            break
        found = [*_results(message.parts), *found]
    return found


def plain(parts: Iterable[Part]) -> str:
    """The text of the parts that are text."""
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def count(request: ChatRequest) -> int:
    """How many tokens a prompt has."""
    return len(TOKEN.findall(" ".join(_texts(request)))) + 3 * len(request.messages)


def tokens_of(reply: Reply) -> int:
    """How many tokens an answer has; never none."""
    calls = [f"{call.name} {call.arguments}" for call in reply.tool_calls]
    return max(1, len(TOKEN.findall(" ".join([reply.thinking, reply.text, *calls]))))


def _results(parts: Iterable[Part]) -> list[str]:
    return [plain(part.content) for part in parts if isinstance(part, ToolResult)]


def _texts(request: ChatRequest) -> Iterator[str]:
    yield request.system or ""
    for tool in request.tools:
        yield f"{tool.name} {tool.description}"
    for message in request.messages:
        yield plain(message.parts)
        yield from _results(message.parts)
        yield from (part.arguments for part in message.parts if isinstance(part, ToolCall))
