"""The story of the agent loop: what the user says, what the tool returns, what the virtual provider answers.

Rule of the file: data and one look-up. The loop itself stands in `conformance.subjects.agent`.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.model import ChatRequest, Reply, Text, ToolCall, ToolResult, Usage
from conformance.scenarios.material import WEATHER

SYSTEM = "You are a weather assistant. Look the weather up with the tool before you speak of it."
TOOLS = (WEATHER,)
TOOL_OUTPUT: Mapping[str, str] = {WEATHER.name: '{"sky": "snow", "celsius": -4}'}
"""What each tool returns, whatever it is asked."""

FIRST = "What is the weather in Tromsø right now?"
SECOND = "Is that below the freezing point of water?"
"""Asked after the session was closed and opened again."""
PROMPTS = (FIRST, SECOND)

CALLS = Reply(
    parts=(ToolCall("tromso001", WEATHER.name, '{"city": "Tromsø"}'),),
    stop="tool_use",
    usage=Usage(input=70, output=19),
)
TELLS = Reply(parts=(Text("It snows in Tromsø, at -4 degrees."),), usage=Usage(input=104, output=12))
CONFIRMS = Reply(parts=(Text("Yes: -4 degrees is below freezing."),), usage=Usage(input=129, output=11))
ANSWERS = (CALLS, TELLS, CONFIRMS)
"""The answers in order: one exchange each."""


def scripted(request: ChatRequest) -> Reply | None:
    """What the virtual provider answers to this turn of the story; None when the request is not of the story."""
    said = [part.text for turn in request.messages for part in turn.parts if isinstance(part, Text)]
    if FIRST not in said:
        return None
    if any(isinstance(part, ToolResult) for part in request.messages[-1].parts):
        return TELLS
    return CONFIRMS if SECOND in said else CALLS
