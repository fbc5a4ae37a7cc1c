"""The words of gemini that both halves share: finish reasons, parts, token counts.

Rule of the file: tables, and the few functions that read them. Words that nobody knows must never crash anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.model import JSON, StopReason, Usage

FINISH: Mapping[str, StopReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "pause",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "LANGUAGE": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
}
"""finishReason -> canonical; every other word, known or not, means `error`."""

NUMBERS = (
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
)
"""Finish reasons by their numbers, as `$alt=json;enum-encoding=int` asks for them."""

FINISH_WORDS: Mapping[StopReason, str] = {
    "stop": "STOP",
    "tool_use": "STOP",  # told by the calls
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",  # the language has no refusal apart from its filters
    "pause": "CONTINUATION",
    "error": "OTHER",
    "aborted": "OTHER",
}

MODES = ("AUTO", "ANY", "NONE", "VALIDATED")

DATA_FIELDS = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)
"""What a part may hold: exactly one of these."""


def finish_word(value: str | int | None) -> str:
    """A finish reason as a word, however it was encoded; "" for none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return NUMBERS[value] if 0 <= value < len(NUMBERS) else "OTHER"


def stop_of(word: str, *, calls: bool) -> StopReason:
    """The canonical reason: STOP also ends an answer that asks for calls."""
    reason = FINISH.get(word, "error")
    return "tool_use" if reason == "stop" and calls else reason


def usage_of(
    prompt: int | None,
    tools: int | None,
    cached: int | None,
    candidates: int | None,
    thoughts: int | None,
) -> Usage:
    """Tokens: results of the server's own tools are read like the prompt; candidates do not include thoughts."""
    made = [count for count in (candidates, thoughts) if count is not None]
    return Usage(
        input=None if prompt is None else prompt + (tools or 0),
        output=sum(made) if made else None,
        cache_read=cached,
        reasoning=thoughts,
    )


def count_of(value: JSON) -> int | None:
    """A number of tokens; None for what is none. Long integers may travel as strings (proto3 JSON)."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if type(value) is int else None
