"""Faults of clients: requests in the words of another language.

Rule of the file: one field at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME, fields, input_items

_fault = Teller(NAME, "request").body
TOOLS, IMAGE, FORMAT = "tool_call_single", "image_input", "structured_output"


def _nested(body: dict[str, Any]) -> None:
    for tool in body["tools"]:
        tool["function"] = {key: tool.pop(key) for key in list(tool) if key != "type"}


def _nested_format(body: dict[str, Any]) -> None:
    form = body["text"]["format"]
    form["json_schema"] = {key: form.pop(key) for key in list(form) if key != "type"}


def _of_chat(body: dict[str, Any]) -> None:
    body["messages"] = body.pop("input")


FAULTS = (
    _fault(
        "type-unknown",
        "OR-Q01",
        "A message has the type `messages`.",
        input_items(kit.set_at("", type="messages", role="user", content="Hello")),
    ),
    _fault(
        "tools-nested",
        "OR-Q04",
        "Tools stand under `function`.",
        _nested,
        TOOLS,
    ),
    _fault(
        "tool-unnamed",
        "OR-Q04",
        "A tool has no name.",
        lambda body: [tool.pop("name") for tool in body["tools"]],
        TOOLS,
    ),
    _fault(
        "tool-schema-text",
        "OR-Q04",
        "The schema of a tool is a string.",
        lambda body: [tool.update(parameters='{"type":"object"}') for tool in body["tools"]],
        TOOLS,
    ),
    _fault(
        "choice-nested",
        "OR-Q05",
        "The tool choice names a function as openai-chat does.",
        fields(tool_choice={"type": "function", "function": {"name": "get_weather"}}),
        TOOLS,
    ),
    _fault("choice-number", "OR-Q05", "The tool choice is a number.", fields(tool_choice=1), TOOLS),
    _fault(
        "response-format",
        "OR-Q06",
        "Structured output is asked for in response_format.",
        fields(response_format={"type": "json_object"}),
    ),
    _fault(
        "format-nested",
        "OR-Q06",
        "The schema stands under `json_schema`.",
        _nested_format,
        FORMAT,
    ),
    _fault(
        "format-unnamed",
        "OR-Q06",
        "The schema has no name.",
        lambda body: body["text"]["format"].pop("name"),
        FORMAT,
    ),
    _fault("messages", "OR-Q07", "The conversation stands under `messages`.", _of_chat, also=frozenset({"OR-Q01"})),
    _fault("max-tokens", "OR-Q07", "The limit is called max_tokens.", fields(max_tokens=100)),
    _fault(
        "max-completion-tokens",
        "OR-Q07",
        "The limit is called max_completion_tokens.",
        fields(max_completion_tokens=100),
    ),
    _fault("stop", "OR-Q07", "Stop sequences are sent.", fields(stop=["END"])),
    _fault("n", "OR-Q07", "Several answers are asked for.", fields(n=2)),
    _fault(
        "include-usage",
        "OR-Q07",
        "Usage is asked for in stream_options.",
        fields(stream_options={"include_usage": True}),
    ),
    _fault(
        "image-object",
        "OR-Q08",
        "The URL of an image stands in an object.",
        lambda body: [
            part.update(image_url={"url": part["image_url"]})
            for part in kit.at(body, "input[].content[]")
            if "image_url" in part
        ],
        IMAGE,
    ),
    _fault(
        "image-nowhere",
        "OR-Q08",
        "An image has neither a URL nor a file.",
        lambda body: [part.pop("image_url", None) for part in kit.at(body, "input[].content[]")],
        IMAGE,
    ),
    _fault(
        "two-histories",
        "OR-Q10",
        "A conversation and an earlier response are both named.",
        fields(conversation="conv_1", previous_response_id="resp_1"),
    ),
)
