"""What openai-chat and mistral have in common, whose answers are choices: their places, and faults of both.

Rule of the folder: written once, told for either. Here are the names of places, and what bends are made with.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.form import Asking

CHOICE, DELTA, MESSAGE = "choices[]", "choices[].delta", "choices[].message"
CALL, CALLED = "choices[].delta.tool_calls[]", "choices[].message.tool_calls[]"
ONE, TWO, TWICE = "tool_call_single", "tool_call_multiple", "tool_call_parallel"


def asking(**fields: Any) -> Asking:
    """More is asked for."""
    return kit.asking(lambda body: body.update(fields))
