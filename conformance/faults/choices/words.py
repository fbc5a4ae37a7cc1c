"""Faults of what the text says that no model said: marks of templates, thoughts that began nowhere.

Rule of the file: another text is rendered as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Fault
from conformance.model import Text

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


def words(told: Teller) -> Iterator[Fault]:
    """Marks that a server of either language is there to take out."""
    for id, text in _MARKS.items():
        sentence = f"A mark of the model's template stands in the text: {text[-24:]!r}."
        yield from told.twins(id, "OC-A09", sentence, kit.says(Text(text)))
