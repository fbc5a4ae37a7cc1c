"""A small real agent: asks, runs the tools that it is told to, asks again, and keeps its session on disk.

Rule of the file: the session file is the only state; an agent that is started on it goes on where it ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.model import (
    ChatRequest,
    Done,
    Error,
    Event,
    Message,
    Opaque,
    Reply,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    name_of,
    user,
)
from conformance.subjects.session import keep, resume

if TYPE_CHECKING:
    import httpx

    from conformance.adapters import Adapter
    from conformance.calls import CallOptions

MOST_TURNS = 8
"""An agent that still calls tools after so many answers is stopped."""


@dataclass(frozen=True)
class Ability:
    """A tool with the function behind it: parsed arguments in, text out."""

    tool: Tool
    run: Callable[[Mapping[str, object]], str]


@dataclass
class Transcript:
    """What happened since the agent was started."""

    messages: list[Message] = field(default_factory=list)
    """The whole conversation, what was resumed included."""
    turns: list[tuple[Event, ...]] = field(default_factory=list)
    """The timeline of each answer, in order."""
    rendered: str = ""
    """What a user saw of the last answer, put together from the text deltas."""
    failure: Error | None = None
    resumed: int = 0
    """How many messages came from the session file."""

    @property
    def timeline(self) -> list[str]:
        """The names of all events, turn after turn."""
        return [name_of(event) for turn in self.turns for event in turn]


def run_agent(
    adapter: Adapter,
    client: httpx.Client,
    options: CallOptions,
    session_path: Path,
    tools: Sequence[Ability],
    *,
    prompt: str,
    system: str | None = None,
) -> Transcript:
    """Answer one prompt, running tools as asked; go on with the session when the file exists.

    Every message is on disk before the next request goes out, so a crash loses nothing that was said.
    """
    from conformance.calls import stream

    told = Transcript(resume(session_path) if session_path.exists() else [])
    told.resumed = len(told.messages)
    _run_tools(told, session_path, tools)  # calls that a crash left without an answer
    _say(told, session_path, user(prompt))
    for _ in range(MOST_TURNS):
        request = ChatRequest(
            model=adapter.model,
            system=system,
            messages=tuple(told.messages),
            tools=tuple(one.tool for one in tools),
            stream=True,
        )
        events = tuple(stream(adapter, request, options, client))
        told.turns.append(events)
        told.rendered = "".join(event.text for event in events if name_of(event) == "TextDelta")  # type: ignore[union-attr]
        last = events[-1] if events else None
        if not isinstance(last, Done):
            told.failure = last if isinstance(last, Error) else Error("protocol", "no terminal event")
            return told
        _say(told, session_path, _as_message(last.reply))
        if not _run_tools(told, session_path, tools):
            return told
    told.failure = Error("protocol", f"the model still calls tools after {MOST_TURNS} answers")
    return told


def _run_tools(told: Transcript, path: Path, tools: Sequence[Ability]) -> bool:
    """Answer the calls of the last message, if it makes any."""
    last = told.messages[-1].parts if told.messages else ()
    results = tuple(_result(part, tools) for part in last if isinstance(part, ToolCall))
    if results:
        _say(told, path, Message("tool", results))
    return bool(results)


def _say(told: Transcript, path: Path, message: Message) -> None:
    told.messages.append(message)
    keep(path, message)


def _as_message(reply: Reply) -> Message:
    kept = (part for part in reply.parts if isinstance(part, Text | Thinking | ToolCall | Opaque))
    return Message("assistant", tuple(kept))


def _result(call: ToolCall, tools: Sequence[Ability]) -> ToolResult:
    ability = next((one for one in tools if one.tool.name == call.name), None)
    if ability is None:
        return ToolResult(call.id, (Text(f"there is no tool {call.name!r}"),), is_error=True)
    if not isinstance(call.input, dict):
        return ToolResult(call.id, (Text(f"the arguments are not a JSON object: {json.dumps(call.arguments)}"),), True)
    try:
        return ToolResult(call.id, (Text(ability.run(call.input)),))
    except Exception as fault:  # a tool is anyone's code: the model is told and may try otherwise
        return ToolResult(call.id, (Text(f"{type(fault).__name__}: {fault}"),), is_error=True)
