"""Faults of clients: requests in the words of another language, and histories that do not hold together.

Rule of the file: one field at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import NOTHING, Fault
from conformance.faults.openai_responses.changing import NAME

_told = Teller(NAME, "request")
TOOLS, RESULT, IMAGE, FORMAT = "tool_call_single", "tool_result", "image_input", "structured_output"
_THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}


def _fault(id: str, rule: str, sentence: str, change: kit.Change, on: str = "", **more: Any) -> Fault:
    return _told.fault(id, rule, sentence, NOTHING, on=on, asks=kit.asking(change), **more)


def _set(**fields: object) -> kit.Change:
    return lambda body: body.update(fields)


def _items(change: kit.Change) -> kit.Change:
    """A change to every item of the input."""
    return lambda body: [change(item) for item in kit.at(body, "input[]")]


def _of_type(kind: str, change: kit.Change) -> kit.Change:
    return _items(lambda item: change(item) if item.get("type") == kind else None)


def _without(kind: str) -> kit.Change:
    return lambda body: body.update(input=[item for item in body["input"] if item.get("type") != kind])


def _nested(body: dict[str, Any]) -> None:
    for tool in body["tools"]:
        tool["function"] = {key: tool.pop(key) for key in list(tool) if key != "type"}


def _nested_format(body: dict[str, Any]) -> None:
    form = body["text"]["format"]
    form["json_schema"] = {key: form.pop(key) for key in list(form) if key != "type"}


def _of_chat(body: dict[str, Any]) -> None:
    body["messages"] = body.pop("input")


def _thinking(*items: dict[str, Any], before: int = 1, **fields: object) -> kit.Change:
    """A history with items of reasoning at a place in it."""

    def change(body: dict[str, Any]) -> None:
        body["input"][before:before] = items
        body.update(fields)

    return change


FAULTS = (
    _fault(
        "input-object",
        "OR-Q01",
        "The input is one message, in no list.",
        lambda body: body.update(input=body["input"][0]),
    ),
    _fault(
        "type-unknown",
        "OR-Q01",
        "A message has the type `messages`.",
        _items(kit.set_at("", type="messages", role="user", content="Hello")),
    ),
    _fault("item-string", "OR-Q01", "An item of the input is a string.", _set(input=["Hello"])),
    _fault("role-unknown", "OR-Q01", "A message has the role `human`.", _items(kit.set_at("", role="human"))),
    _fault(
        "role-tool",
        "OR-Q01",
        "A result is a message of the role `tool`.",
        lambda body: body["input"].append({"role": "tool", "content": "{}"}),
    ),
    _fault("content-null", "OR-Q01", "The content of a message is null.", _items(kit.set_at("", content=None))),
    _fault(
        "result-without-call",
        "OR-Q02",
        "A result names a call that was not made.",
        _of_type("function_call_output", kit.set_at("", call_id="call_other")),
        RESULT,
    ),
    _fault(
        "call-lost", "OR-Q02", "A result stands in the history without its call.", _without("function_call"), RESULT
    ),
    _fault(
        "result-first",
        "OR-Q02",
        "A result stands before its call.",
        lambda body: body.update(input=[*body["input"][:1], *body["input"][:0:-1]]),
        RESULT,
    ),
    _fault(
        "call-nested",
        "OR-Q03",
        "A call stands under `function`.",
        _of_type(
            "function_call",
            lambda item: item.update(function={"name": item.pop("name"), "arguments": item.pop("arguments")}),
        ),
        RESULT,
    ),
    _fault(
        "call-arguments-object",
        "OR-Q03",
        "The arguments of a call are an object.",
        _of_type("function_call", kit.set_at("", arguments={"city": "Turin"})),
        RESULT,
    ),
    _fault(
        "call-without-id",
        "OR-Q03",
        "A call has an id, and no call_id.",
        _of_type("function_call", lambda item: item.update(id=item.pop("call_id"))),
        RESULT,
        also=frozenset({"OR-Q02"}),
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
        _set(tool_choice={"type": "function", "function": {"name": "get_weather"}}),
        TOOLS,
    ),
    _fault("choice-number", "OR-Q05", "The tool choice is a number.", _set(tool_choice=1), TOOLS),
    _fault(
        "response-format",
        "OR-Q06",
        "Structured output is asked for in response_format.",
        _set(response_format={"type": "json_object"}),
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
    _fault("max-tokens", "OR-Q07", "The limit is called max_tokens.", _set(max_tokens=100)),
    _fault(
        "max-completion-tokens", "OR-Q07", "The limit is called max_completion_tokens.", _set(max_completion_tokens=100)
    ),
    _fault("stop", "OR-Q07", "Stop sequences are sent.", _set(stop=["END"])),
    _fault("n", "OR-Q07", "Several answers are asked for.", _set(n=2)),
    _fault(
        "include-usage", "OR-Q07", "Usage is asked for in stream_options.", _set(stream_options={"include_usage": True})
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
        "part-of-chat",
        "OR-Q09",
        "A part of the user's message is of type `text`.",
        _items(kit.set_at("", content=[{"type": "text", "text": "Hello"}])),
    ),
    _fault(
        "part-of-assistant",
        "OR-Q09",
        "A part of the user's message is of type `output_text`.",
        _items(kit.set_at("", content=[{"type": "output_text", "text": "Hello"}])),
    ),
    _fault(
        "assistant-input",
        "OR-Q09",
        "What the assistant said is of type `input_text`.",
        lambda body: body["input"].insert(
            0, {"role": "assistant", "content": [{"type": "input_text", "text": "Hello"}]}
        ),
    ),
    _fault(
        "two-histories",
        "OR-Q10",
        "A conversation and an earlier response are both named.",
        _set(conversation="conv_1", previous_response_id="resp_1"),
    ),
    _fault(
        "reasoning-unsealed",
        "OR-Q11",
        "Nothing is stored, and reasoning comes back without its seal.",
        _thinking(_THOUGHT, store=False),
        RESULT,
    ),
    _fault(
        "reasoning-misplaced",
        "OR-Q12",
        "Reasoning stands before the result, not before the call.",
        _thinking(_THOUGHT | {"encrypted_content": "c2VhbA=="}, before=2),
        RESULT,
    ),
)
