"""Words by which the languages say why an answer ended: what one language says is foreign in another.

Rule of the file: a word that no table holds is new, not foreign.
"""

from __future__ import annotations

from collections.abc import Container

STOPS = frozenset(
    {
        "cancelled", "complete", "completed", "content_filter", "content_filtered", "done", "end_turn", "eos",
        "eos_token", "error", "finished", "function_call", "guardrail_intervened", "incomplete", "length",
        "malformed_function_call", "max_output_tokens", "max_tokens", "model_length", "none", "null", "pause_turn",
        "refusal", "safety", "stop", "stop_sequence", "timeout", "tool_call", "tool_calls", "tool_use",
    }
)  # fmt: skip
"""In small letters: some languages shout."""


def foreign(word: str, own: Container[str]) -> bool:
    """Whether a word is another language's, and not one of these."""
    return word not in own and word.lower() in STOPS
