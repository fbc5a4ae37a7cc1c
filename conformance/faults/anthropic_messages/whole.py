"""Faults of whole answers: the envelope, the blocks, the word for the end.

Rule of the file: counts stand in `usage`.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller

_TOLD = Teller(NAME, "whole", "simple_text_whole")
_CALL = "tool_call_single_whole"
_OPENAI: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
}


_ENVELOPE = (
    *(
        _TOLD.fault(f"no-{key.replace('_', '-')}", "AM-R01", f"An answer has no {key}.", kit.whole_drop("", key))
        for key in ("type", "role", "id", "model", "content", "usage", "stop_reason")
    ),
    _TOLD.fault("id-empty", "AM-R01", "The id is empty.", kit.whole_set(id="")),
    _TOLD.fault("id-null", "AM-R01", "The id is null.", kit.whole_set(id=None)),
    _TOLD.fault("id-number", "AM-R01", "The id is a number.", kit.whole_set(id=17)),
    _TOLD.fault("model-null", "AM-R01", "The model is null.", kit.whole_set(model=None)),
    _TOLD.fault("model-empty", "AM-R01", "The model is empty.", kit.whole_set(model="")),
    _TOLD.fault("type-completion", "AM-R01", "The answer is of type completion.", kit.whole_set(type="completion")),
    _TOLD.fault("role-model", "AM-R01", "The role is model.", kit.whole_set(role="model")),
    _TOLD.fault("role-user", "AM-R01", "The role is user.", kit.whole_set(role="user")),
    _TOLD.fault("content-text", "AM-R01", "The content is a string.", kit.whole_set(content="Hello")),
    _TOLD.fault("content-null", "AM-R01", "The content is null.", kit.whole_set(content=None)),
    _TOLD.fault(
        "content-object",
        "AM-R01",
        "The content is one block, not a list.",
        kit.whole_set(content={"type": "text", "text": "Hello"}),
    ),
    _TOLD.fault("usage-null", "AM-R01", "Usage is null.", kit.whole_set(usage=None)),
    _TOLD.fault(
        "wrapped",
        "AM-R01",
        "The answer stands below data.",
        Bend(whole=lambda told, reply: {"data": told}),
    ),
    _TOLD.fault(
        "openai-shape",
        "AM-R01",
        "An answer of openai-chat comes.",
        kit.whole(kit.becoming(**_OPENAI)),
        also=frozenset({"AM-R10"}),
    ),
    _TOLD.fault(
        "usage-of-openai",
        "AM-R10",
        "Usage counts as openai-chat does.",
        kit.whole_set(usage={"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}),
    ),
    _TOLD.fault("usage-empty", "AM-R10", "Usage is empty.", kit.whole_set(usage={})),
    _TOLD.fault(
        "usage-without-output", "AM-R10", "Usage tells no output tokens.", kit.whole_drop("usage", "output_tokens")
    ),
    _TOLD.fault(
        "usage-without-input", "AM-R10", "Usage tells no input tokens.", kit.whole_drop("usage", "input_tokens")
    ),
    _TOLD.fault(
        "usage-in-words",
        "AM-R10",
        "Output tokens are a string.",
        kit.whole_set("usage", output_tokens="9"),
    ),
)


_STOPS = (
    _TOLD.fault("stop-null", "AM-R02", "stop_reason is null.", kit.whole_set(stop_reason=None)),
    _TOLD.fault("stop-empty", "AM-R02", "stop_reason is empty.", kit.whole_set(stop_reason="")),
    _TOLD.fault("stop-number", "AM-R02", "stop_reason is a number.", kit.whole_set(stop_reason=1)),
    _TOLD.fault("stop-foreign", "AM-R07", "stop_reason is stop.", kit.whole_set(stop_reason="stop")),
    _TOLD.fault(
        "stop-length", "AM-R07", "stop_reason is length.", kit.whole_set(stop_reason="length"), on="max_tokens_whole"
    ),
    _TOLD.fault(
        "sequence-unsaid",
        "AM-R03",
        "stop_reason is stop_sequence, and stop_sequence is null.",
        kit.whole_set(stop_sequence=None),
        on="stop_sequence_whole",
    ),
    _TOLD.fault(
        "sequence-unexplained",
        "AM-R03",
        "stop_sequence is told, and stop_reason is end_turn.",
        kit.whole_set(stop_reason="end_turn"),
        on="stop_sequence_whole",
    ),
    _TOLD.fault(
        "sequence-empty",
        "AM-R03",
        "stop_sequence is empty, where none was met.",
        kit.whole_set(stop_sequence=""),
        also=frozenset({"AM-R09"}),
    ),
    _TOLD.fault(
        "sequence-never-asked",
        "AM-R09",
        "stop_sequence tells a sequence that the request does not hold.",
        kit.whole_set(stop_sequence="END"),
        on="stop_sequence_whole",
    ),
    _TOLD.fault(
        "tool-use-without-call",
        "AM-R04",
        "stop_reason is tool_use, and there is no call.",
        kit.whole_set(stop_reason="tool_use"),
    ),
    _TOLD.fault(
        "call-lost", "AM-R04", "stop_reason is tool_use, and content is empty.", kit.whole_set(content=[]), on=_CALL
    ),
    _TOLD.fault(
        "end-turn-with-call",
        "AM-R06",
        "An answer that calls a tool says that the turn is over.",
        kit.whole_set(stop_reason="end_turn"),
        on=_CALL,
    ),
    _TOLD.fault(
        "tool-calls",
        "AM-R07",
        "An answer that calls a tool says tool_calls.",
        kit.whole_set(stop_reason="tool_calls"),
        on=_CALL,
    ),
)

FAULTS = (
    *_ENVELOPE,
    *_STOPS,
)
