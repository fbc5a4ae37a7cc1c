"""Faults of the blocks of whole answers.

Rule of the file: the envelope stays as it is.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller

_TOLD = Teller(NAME, "whole", "simple_text_whole")
_CALL, _TWO, _THINKING = "tool_call_single_whole", "tool_call_parallel_whole", "thinking_whole"


FAULTS = (
    _TOLD.fault("text-null", "AM-R08", "The text of a block is null.", kit.whole_set("content[]", text=None)),
    _TOLD.fault("text-absent", "AM-R08", "A block of text has no text.", kit.whole_drop("content[]", "text")),
    _TOLD.fault("text-list", "AM-R08", "The text of a block is a list.", kit.whole_set("content[]", text=["Hello"])),
    _TOLD.fault("block-typeless", "AM-R08", "A block has no type.", kit.whole_drop("content[]", "type")),
    _TOLD.fault("block-is-text", "AM-R08", "A block is a string.", kit.whole_set(content=["Hello"])),
    _TOLD.fault("block-null", "AM-R08", "A block is null.", kit.whole_set(content=[None])),
    _TOLD.fault(
        "input-text",
        "AM-R08",
        "The input of a call is JSON text.",
        kit.whole_set("content[]", input='{"city": "Tokyo"}'),
        on=_CALL,
        source="gateways that pass on arguments of openai-chat",
    ),
    _TOLD.fault(
        "input-null",
        "AM-R08",
        "The input of a call is null.",
        kit.whole_set("content[]", input=None),
        on=_CALL,
    ),
    _TOLD.fault(
        "input-list",
        "AM-R08",
        "The input of a call is a list.",
        kit.whole_set("content[]", input=[]),
        on=_CALL,
    ),
    _TOLD.fault(
        "input-absent",
        "AM-R08",
        "A call has no input.",
        kit.whole_drop("content[]", "input"),
        on=_CALL,
    ),
    _TOLD.fault(
        "input-called-arguments",
        "AM-R08",
        "The input of a call is called arguments.",
        kit.whole(lambda told: [one.update(arguments=one.pop("input")) for one in told["content"]]),
        on=_CALL,
        also=frozenset({"GN-21"}),
    ),
    _TOLD.fault("call-without-id", "AM-R08", "A call has no id.", kit.whole_drop("content[]", "id"), on=_CALL),
    _TOLD.fault("call-id-empty", "AM-R08", "The id of a call is empty.", kit.whole_set("content[]", id=""), on=_CALL),
    _TOLD.fault(
        "call-without-name",
        "AM-R08",
        "A call has no name.",
        kit.whole_drop("content[]", "name"),
        on=_CALL,
    ),
    _TOLD.fault(
        "call-id-twice", "AM-R05", "Two calls have the same id.", kit.whole_set("content[]", id="toolu_1"), on=_TWO
    ),
    _TOLD.fault(
        "input-empty",
        "GN-21",
        "A call comes without what its tool requires.",
        kit.whole_set("content[]", input={}),
        on=_CALL,
    ),
    _TOLD.fault(
        "call-of-unknown-tool",
        "GN-21",
        "A tool is called that was not offered.",
        kit.whole_set("content[]", name="look_up"),
        on=_CALL,
    ),
    _TOLD.fault(
        "unsigned", "AM-R08", "Thinking has no signature.", kit.whole_drop("content[]", "signature"), on=_THINKING
    ),
    _TOLD.fault(
        "signature-null",
        "AM-R08",
        "The signature of thinking is null.",
        kit.whole(lambda told: told["content"][0].update(signature=None)),
        on=_THINKING,
    ),
    _TOLD.fault(
        "thinking-null",
        "AM-R08",
        "The thinking of a block is null.",
        kit.whole(lambda told: told["content"][0].update(thinking=None)),
        on=_THINKING,
    ),
    _TOLD.fault(
        "call-of-openai",
        "AM-R04",
        "A call stands in tool_calls beside content, as in openai-chat.",
        kit.whole(
            lambda told: told.update(
                content=[{"type": "text", "text": ""}],
                tool_calls=[{"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}],
            )
        ),
        on=_CALL,
    ),
)
