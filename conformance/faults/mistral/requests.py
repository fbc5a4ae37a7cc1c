"""Faults of clients: requests in the words of another language, and histories that do not hold together.

Rule of the file: one field at a time; the vendor's server refuses most of these with a 422.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.choices import ONE
from conformance.faults.choices.clients import RESULT, at_client, clients
from conformance.faults.every.telling import Teller
from conformance.faults.form import Fault
from conformance.faults.mistral.changing import NAME

_told = Teller(NAME, "request")


def _fault(
    id: str, rule: str, sentence: str, change: kit.Change, on: str = "", also: frozenset[str] = frozenset()
) -> Fault:
    return at_client(_told, id, rule, sentence, change, on, *also)


def _set(**fields: Any) -> kit.Change:
    return kit.set_at("", **fields)


def _last(**message: Any) -> kit.Change:
    """One more message ends the conversation."""
    return lambda body: body["messages"].append(message)


def _functions(change: kit.Change) -> kit.Change:
    return lambda body: [change(one) for one in kit.at(body, "tools[].function")]


FAULTS = (
    *clients(_told),
    _fault(
        "max-completion-tokens", "MI-Q01", "The limit is called max_completion_tokens.", _set(max_completion_tokens=100)
    ),
    _fault("seed", "MI-Q01", "The seed is called seed.", _set(seed=1)),
    _fault(
        "stream-options",
        "MI-Q01",
        "Usage is asked for in stream_options.",
        _set(stream_options={"include_usage": True}),
    ),
    _fault(
        "developer",
        "MI-Q01",
        "System text is the developer's.",
        lambda body: body["messages"].insert(0, {"role": "developer", "content": "Be brief."}),
    ),
    _fault(
        "tool-without-schema",
        "MI-Q02",
        "A tool has no parameters.",
        _functions(kit.drop_at("", "parameters")),
        ONE,
    ),
    _fault("tool-name", "MI-Q02", "A tool's name holds a blank.", _functions(kit.set_at("", name="get weather")), ONE),
    _fault(
        "tool-custom",
        "MI-Q02",
        "A tool is no function.",
        lambda body: body["tools"].append({"type": "custom", "custom": {"name": "f"}}),
        ONE,
    ),
    _fault(
        "choice-of-anthropic",
        "MI-Q03",
        "The tool choice is Anthropic's.",
        _set(tool_choice={"type": "tool", "name": "get_weather"}),
        ONE,
    ),
    _fault(
        "choice-unknown",
        "MI-Q03",
        "The tool choice names a tool that is not offered.",
        _set(tool_choice={"type": "function", "function": {"name": "look_up"}}),
        ONE,
        also=frozenset({"OC-A01"}),
    ),
    _fault(
        "call-id-of-openai",
        "MI-Q04",
        "The id of a call has the form of OpenAI's.",
        lambda body: [
            body["messages"][1]["tool_calls"][0].update(id="call_turin_1"),
            body["messages"][2].update(tool_call_id="call_turin_1"),
        ],
        RESULT,
    ),
    _fault(
        "ends-with-assistant", "MI-Q05", "The assistant has the last word.", _last(role="assistant", content="Dear")
    ),
    _fault("ends-with-system", "MI-Q05", "System text comes last.", _last(role="system", content="Be brief.")),
    _fault(
        "thinking-beside",
        "MI-Q06",
        "What the assistant thought stands in reasoning_content.",
        lambda body: body["messages"].insert(0, {"role": "assistant", "content": "Hm.", "reasoning_content": "Hm."}),
    ),
    _fault(
        "thinking-string",
        "MI-Q06",
        "What the assistant thought is a string, in no list.",
        lambda body: body["messages"].insert(
            0, {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}]}
        ),
    ),
)
