"""Faults of token counts, streamed and whole.

Rule of the file: the answer itself stays as it is.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    usage,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    dropping,
    of,
    setting,
)

_TOLD = Teller(NAME, "usage")
_START, _DELTA = of("message_start"), of("message_delta")
_OPENAI = {"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}


FAULTS = (
    _TOLD.fault(
        "start-absent",
        "AM-S04",
        "message_start tells no usage.",
        dropping(_START, "message", "usage"),
    ),
    _TOLD.fault(
        "start-null",
        "AM-S04",
        "The usage of message_start is null.",
        setting(_START, "message", usage=None),
        also=frozenset({"JS-S"}),
    ),
    _TOLD.fault("start-empty", "AM-S04", "The usage of message_start is empty.", setting(_START, "message", usage={})),
    _TOLD.fault(
        "start-input-null",
        "AM-S04",
        "message_start tells null input tokens.",
        setting(_START, "message.usage", input_tokens=None),
    ),
    _TOLD.fault(
        "start-output-absent",
        "AM-S04",
        "message_start tells no output tokens.",
        dropping(_START, "message.usage", "output_tokens"),
    ),
    _TOLD.fault(
        "start-output-text",
        "AM-S04",
        "message_start tells output tokens as a string.",
        setting(_START, "message.usage", output_tokens="1"),
    ),
    _TOLD.fault(
        "start-of-openai",
        "AM-S04",
        "message_start counts as openai-chat does.",
        setting(_START, "message", usage=_OPENAI),
    ),
    _TOLD.fault(
        "absent", "AM-S15", "message_delta tells no usage.", dropping(_DELTA, "", "usage"), also=frozenset({"JS-S"})
    ),
    _TOLD.fault(
        "null",
        "AM-S15",
        "The usage of message_delta is null.",
        setting(_DELTA, "", usage=None),
        also=frozenset({"JS-S"}),
    ),
    _TOLD.fault(
        "in-delta",
        "AM-S15",
        "Usage stands in delta, not beside it.",
        kit.chunks(lambda told: told["delta"].update(usage=told.pop("usage")), _DELTA),
        also=frozenset({"JS-S"}),
    ),
    _TOLD.fault("of-openai", "AM-S15", "message_delta counts as openai-chat does.", setting(_DELTA, "", usage=_OPENAI)),
    _TOLD.fault(
        "output-absent", "AM-S15", "message_delta tells no output tokens.", dropping(_DELTA, "usage", "output_tokens")
    ),
    _TOLD.fault(
        "output-text",
        "AM-S15",
        "message_delta tells output tokens as a string.",
        setting(_DELTA, "usage", output_tokens="9"),
    ),
    _TOLD.fault(
        "output-null", "AM-S15", "message_delta tells null output tokens.", setting(_DELTA, "usage", output_tokens=None)
    ),
    _TOLD.fault(
        "output-fraction",
        "AM-S15",
        "message_delta tells half a token.",
        setting(_DELTA, "usage", output_tokens=8.5),
    ),
    _TOLD.fault(
        "output-shrinks",
        "AM-S15",
        "message_delta tells fewer output tokens than message_start.",
        setting(_START, "message.usage", output_tokens=50),
    ),
    _TOLD.fault(
        "negative",
        "GN-16",
        "Output tokens are negative.",
        usage(output_tokens=-1),
        also=frozenset({"GN-34"}),
    ),
    _TOLD.fault(
        "input-zero",
        "AM-U04",
        "message_start tells a prompt of 0 tokens.",
        setting(_START, "message.usage", input_tokens=0),
        source="BerriAI/litellm 31069, envoyproxy/ai-gateway 2350",
    ),
    _TOLD.fault(
        "input-zero-at-end",
        "AM-U04",
        "message_delta tells a prompt of 0 tokens.",
        setting(_DELTA, "usage", input_tokens=0),
        source="BerriAI/litellm 41406",
    ),
    _TOLD.fault(
        "all-zero", "GN-34", "All counts are 0.", usage(input_tokens=0, output_tokens=0), also=frozenset({"AM-U04"})
    ),
    _TOLD.fault(
        "all-zero-whole",
        "GN-34",
        "All counts of a whole answer are 0.",
        usage(input_tokens=0, output_tokens=0),
        on="simple_text_whole",
        also=frozenset({"AM-U04"}),
    ),
    _TOLD.fault("output-zero", "GN-34", "A text has no output tokens.", usage(output_tokens=0)),
    _TOLD.fault(
        "output-zero-of-call",
        "GN-34",
        "A call has no output tokens.",
        usage(output_tokens=0),
        on="tool_call_single_whole",
    ),
    _TOLD.fault(
        "input-zero-whole",
        "AM-U04",
        "A whole answer tells a prompt of 0 tokens.",
        usage(input_tokens=0),
        on="simple_text_whole",
    ),
)
