"""Small canonical requests and replies, for obligations, test helpers and whoever needs one quickly.

Rule of the file: values with marks that are easy to find again on the wire; nothing that depends on a provider.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from conformance.model import ChatRequest, Message, Reply, Text, Thinking, Tool, ToolCall, ToolResult, Usage, user
from conformance.scenarios.material import WEATHER as WEATHER

KEY: Final = "sk-conformance-0123456789abcdefghij"
"""A key that opens nothing, long and odd enough to be found wherever it leaks."""

PROMPT: Final = "Say hello."

ORDER: Final = Tool(
    "place_order",
    "Order goods – several at once.",
    {
        "type": "object",
        "properties": {
            "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
            "note": {"type": ["string", "null"], "description": "Grüße, 你好"},
            "gift": {"type": "boolean"},
        },
        "required": ["items", "note", "gift"],
        "additionalProperties": False,
        "$defs": {
            "item": {
                "type": "object",
                "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
                "required": ["sku", "count"],
                "additionalProperties": False,
            }
        },
    },
)
"""A tool whose schema has what mappings like to lose: references, unions, limits, text beyond ASCII."""

SIMPLE_REPLY: Final = Reply(
    id="reply_1", model="sample-model", parts=(Text("Hello, wörld! 👋"),), usage=Usage(input=9, output=5)
)

TOOL_REPLY: Final = Reply(
    id="reply_2",
    model="sample-model",
    parts=(ToolCall("call_1", WEATHER.name, '{"city":"Oslo","unit":"celsius"}'),),
    stop="tool_use",
    usage=Usage(input=21, output=11),
)

THINKING_REPLY: Final = Reply(
    id="reply_3",
    model="sample-model",
    parts=(Thinking("Let me see.", "c2lnbmF0dXJl"), Text("Four.")),
    usage=Usage(input=9, output=12, reasoning=7),
)


def minimal_request(model: str = "sample-model", *, stream: bool = True) -> ChatRequest:
    """The smallest request there is: one user message.

    >>> minimal_request("gpt-5").messages[0].role
    'user'
    """
    return ChatRequest(model=model, messages=(user("Hi"),), stream=stream)


def simple_request(model: str = "sample-model", prompt: str = PROMPT, *, stream: bool = True) -> ChatRequest:
    """A user message with a system prompt.

    >>> simple_request("gpt-5", "How are you?").system
    'You are a test assistant.'
    """
    return ChatRequest(model=model, system="You are a test assistant.", messages=(user(prompt),), stream=stream)


def request_with_tools(model: str = "sample-model", *tools: Tool, stream: bool = True) -> ChatRequest:
    """A request that offers tools: the given ones, or `get_weather` alone.

    >>> [tool.name for tool in request_with_tools("gpt-5", WEATHER, ORDER).tools]
    ['get_weather', 'place_order']
    """
    asked = simple_request(model, "What is the weather in Oslo?", stream=stream)
    return replace(asked, tools=tools or (WEATHER,))


def answered_request(model: str = "sample-model", *, stream: bool = True) -> ChatRequest:
    """A request whose history holds a tool call and its result.

    >>> [message.role for message in answered_request().messages]
    ['user', 'assistant', 'tool']
    """
    call = ToolCall("call_mark_1", WEATHER.name, '{"city":"Oslo"}')
    asked = request_with_tools(model, stream=stream)
    history = (
        *asked.messages,
        Message("assistant", (call,)),
        Message("tool", (ToolResult(call.id, (Text("4 degrees, mark-result"),)),)),
    )
    return replace(asked, messages=history)
