"""Faults of what the text says that no model said: marks of templates, errors, thoughts.

Rule of the file: another text is rendered as it should be.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.model import Text

from .telling import NAME

_told = Teller(NAME, "words")
_MARKS = {
    "end-of-turn": "Hello, dear reader!<|im_end|>",
    "next-turn": "Hello, dear reader!<|im_end|>\n<|im_start|>user\nWhat now?",
    "end-of-text": "Hello, dear reader!</s>",
    "end-of-llama": "Hello, dear reader!<|eot_id|>",
    "end-of-gemma": "Hello, dear reader!<end_of_turn>",
    "end-of-instruction": "[/INST] Hello, dear reader!",
    "role-first": "assistant\n\nHello, dear reader!",
    "channel": "<|channel|>final<|message|>Hello, dear reader!",
    "thought-unbegun": "They want a greeting, so I greet them.\n</think>\n\nHello, dear reader!",
}

FAULTS = tuple(
    fault
    for id, text in _MARKS.items()
    for fault in _told.twins(
        id, "OC-A09", f"A mark of the model's template stands in the text: {text[-24:]!r}.", kit.says(Text(text))
    )
)
