"""Faults of clients in the messages of a request: roles, blocks, calls and their results, thinking sent back.

Rule of the file: the conversation about the umbrella (scenario tool_result) unless another is named.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller

_asks = Teller(NAME, "conversation", "tool_result").body
_SHAPE = frozenset({"JS-Q"})


def _turn(at: int, **keys: Any) -> kit.Change:
    return lambda told: told["messages"][at].update(keys)


def _block(message: int, **keys: Any) -> kit.Change:
    return lambda told: told["messages"][message]["content"][0].update(keys)


def _without(message: int, key: str) -> kit.Change:
    return lambda told: told["messages"][message]["content"][0].pop(key)


def _first(message: int, *blocks: Any) -> kit.Change:
    """Blocks ahead of those of a message."""
    return lambda told: told["messages"][message].update(content=[*blocks, *told["messages"][message]["content"]])


def _say(*blocks: Any) -> kit.Change:
    """The one message holds these blocks."""
    return lambda told: told.update(messages=[{"role": "user", "content": list(blocks)}])


def _results_missing(told: dict[str, Any]) -> None:
    told["messages"][2] = {"role": "user", "content": "Well?"}


def _as_openai(told: dict[str, Any]) -> None:
    call = {"id": "turin0001", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    told["messages"][1] = {"role": "assistant", "content": "", "tool_calls": [call]}
    told["messages"][2] = {"role": "tool", "tool_call_id": "turin0001", "content": "rain"}


_TEXT = {"type": "text", "text": "Well?"}

_ROLES = (
    _asks(
        "role-tool",
        "AM-Q02",
        "A result stands in a message of role tool.",
        _turn(2, role="tool"),
        also=frozenset({"AM-Q07"}),
    ),
    _asks("role-developer", "AM-Q02", "A message has the role developer.", _turn(0, role="developer"), "simple_text"),
    _asks("role-model", "AM-Q02", "The assistant is called model.", _turn(1, role="model"), also=frozenset({"AM-Q06"})),
    _asks(
        "roleless",
        "AM-Q02",
        "A message has no role.",
        lambda told: told["messages"][0].pop("role"),
        "simple_text",
    ),
    _asks(
        "system-with-image",
        "AM-Q02",
        "A system message holds an image.",
        lambda told: told["messages"][0].update(role="system"),
        "image_input",
    ),
    _asks(
        "contentless",
        "JS-Q",
        "A message has no content.",
        lambda told: told["messages"][0].pop("content"),
        "simple_text",
    ),
    _asks("content-null", "JS-Q", "The content of a message is null.", _turn(0, content=None), "simple_text"),
    _asks(
        "prefilled",
        "AM-Q16",
        "The last message is the assistant's.",
        lambda told: told["messages"].append({"role": "assistant", "content": "Yes"}),
        "simple_text",
    ),
    _asks("text-empty", "AM-Q18", "A text is empty.", _say({"type": "text", "text": ""})),
    _asks("turn-empty", "AM-Q18", "A user's message is an empty string.", _turn(0, content=""), "simple_text"),
    _asks(
        "call-of-openai",
        "AM-Q22",
        "Calls and results are told as in openai-chat.",
        _as_openai,
        also=frozenset({"AM-Q02", "AM-Q18"}),
    ),
    _asks(
        "image-of-openai",
        "AM-Q22",
        "An image is told as in openai-chat.",
        _say(_TEXT, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
    ),
    _asks(
        "text-of-responses", "AM-Q22", "A text is of type input_text.", _say({"type": "input_text", "text": "Hello"})
    ),
)

_CALLS = (
    _asks(
        "result-of-nothing",
        "AM-Q06",
        "A result names a call that was not made.",
        _block(2, tool_use_id="nobody"),
        also=frozenset({"AM-Q07"}),
    ),
    _asks(
        "result-of-assistant",
        "AM-Q06",
        "A result stands in a message of the assistant.",
        lambda told: told["messages"][2].update(role="assistant"),
        also=frozenset({"AM-Q07", "AM-Q16"}),
    ),
    _asks(
        "result-unnamed",
        "AM-Q06",
        "A result names no call.",
        _without(2, "tool_use_id"),
        also=frozenset({"AM-Q07"}),
    ),
    _asks("results-missing", "AM-Q07", "A call is not answered.", _results_missing),
    _asks("text-before-result", "AM-Q07", "A text stands before the result.", _first(2, _TEXT)),
    _asks(
        "result-late",
        "AM-Q07",
        "A call is answered after another turn.",
        lambda told: (
            told["messages"].insert(2, {"role": "assistant", "content": "Wait."})
            or told["messages"].insert(2, {"role": "user", "content": "Well?"})
        ),
        also=frozenset({"AM-Q06"}),
    ),
    _asks(
        "input-text",
        "AM-Q08",
        "The input of a call is JSON text.",
        _block(1, input='{"city": "Turin"}'),
    ),
    _asks("input-null", "AM-Q08", "The input of a call is null.", _block(1, input=None)),
    _asks("input-absent", "AM-Q08", "A call has no input.", _without(1, "input")),
    _asks("call-unnamed", "JS-Q", "A call has no name.", _without(1, "name")),
    _asks("call-id-empty", "AM-Q06", "The id of a call is empty.", _block(1, id=""), also=frozenset({"AM-Q07"})),
)

FAULTS = (
    *_ROLES,
    *_CALLS,
)
