"""Deviations in where the reasoning text stands. The official language has no place for it.

Rule of the file: the thoughts are the reply's; what is not thought is told as null.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import JSON, Reply

from .shaping import choices_of

_PIECES = re.compile(r"\s*\S{1,24}|\s+")


def _thoughts(told: Callable[[str], Chunk], idle: Chunk) -> Bend:
    """`told`: the keys that tell a piece of thought; `idle`: the keys of what is no thought."""

    def chunks(sent: list[Chunk], reply: Reply) -> list[Chunk]:
        first, *others = sent
        for chunk in others:
            for choice in choices_of(chunk):
                choice["delta"] |= idle if choice["delta"] else {}
        thinking = [
            _with_delta(others[0], {"content": None} | told(piece)) for piece in _PIECES.findall(reply.thinking)
        ]
        return [first, *thinking, *others]

    def whole(sent: Chunk, reply: Reply) -> Chunk:
        for choice in choices_of(sent):
            choice["message"] |= told(reply.thinking) if reply.thinking else idle
        return sent

    return Bend(chunks=chunks, whole=whole)


def _with_delta(chunk: Chunk, delta: Chunk) -> Chunk:
    """A chunk like the given one that says another delta."""
    return chunk | {"choices": [choice | {"delta": delta, "finish_reason": None} for choice in choices_of(chunk)]}


def _details(text: str) -> list[JSON]:
    return [{"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}]


THOUGHTS = (
    Deviation(
        id="reasoning_content",
        sentence="Reasoning stands in `reasoning_content`, which is null when there is none.",
        source="references of deepseek and of many who follow it; recorded streams",
        bend=_thoughts(lambda text: {"reasoning_content": text}, {"reasoning_content": None}),
    ),
    Deviation(
        id="reasoning",
        sentence="Reasoning stands in `reasoning`.",
        source="references of groq, cerebras and vllm; recorded streams",
        bend=_thoughts(lambda text: {"reasoning": text}, {}),
    ),
    Deviation(
        id="reasoning_text",
        sentence="Reasoning stands in `reasoning_text`.",
        source="microsoft/vscode-copilot-chat; recorded streams",
        bend=_thoughts(lambda text: {"reasoning_text": text}, {}),
    ),
    Deviation(
        id="reasoning_details",
        sentence="Reasoning stands in `reasoning`, and once more as a list of typed `reasoning_details`.",
        source="openrouter's reference of reasoning tokens",
        bend=_thoughts(lambda text: {"reasoning": text, "reasoning_details": _details(text)}, {"reasoning": None}),
    ),
)
