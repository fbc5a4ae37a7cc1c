"""The words of openai-responses that both halves share: statuses, reasons, error codes, token counts.

Rule of the file: tables, and the few functions that read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import JSON, ErrorKind, StopReason, Usage

ENCRYPTED = "reasoning.encrypted_content"
"""What `include` says to get reasoning in a form that can be sent back without the server keeping anything."""

LOGPROBS = "message.output_text.logprobs"
"""What `include` says to get the log probabilities of the text."""

PARAGRAPH = "\n\n"
"""Stands between the parts of one item's reasoning, which is one `Thinking`."""

STATUSES = ("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")

INCOMPLETE: Mapping[str, StopReason] = {
    "max_output_tokens": "length",
    "content_filter": "content_filter",
    "max_messages": "pause",
    "steered": "pause",
}
"""`incomplete_details.reason` -> canonical; a word that is not here means `error`."""


class Ending(NamedTuple):
    """How the server half says a stop: the status, and the reason of an incomplete answer."""

    status: str
    reason: str | None = None

    @property
    def event(self) -> str:
        return f"response.{self.status}"


ENDINGS: Mapping[StopReason, Ending] = {
    "stop": Ending("completed"),
    "tool_use": Ending("completed"),  # told by the calls
    "refusal": Ending("completed"),  # told by the part that refuses
    "length": Ending("incomplete", "max_output_tokens"),
    "content_filter": Ending("incomplete", "content_filter"),
    "pause": Ending("incomplete", "max_messages"),
    "error": Ending("failed"),
    "aborted": Ending("failed"),
}

FAILURES: Mapping[str, ErrorKind] = {
    "rate_limit_exceeded": "rate_limit",
    "vector_store_timeout": "timeout",
    "data_residency_mismatch": "permission",
    "invalid_prompt": "invalid_request",
    "bio_policy": "content_filter",
    "misalignment_policy_violation": "content_filter",
    "image_content_policy_violation": "content_filter",
    "invalid_image": "invalid_request",
    "invalid_image_format": "invalid_request",
    "invalid_base64_image": "invalid_request",
    "invalid_image_url": "invalid_request",
    "invalid_image_mode": "invalid_request",
    "image_too_large": "invalid_request",
    "image_too_small": "invalid_request",
    "image_parse_error": "invalid_request",
    "image_file_too_large": "invalid_request",
    "image_file_not_found": "invalid_request",
    "empty_image_file": "invalid_request",
    "failed_to_download_image": "invalid_request",
    "unsupported_image_media_type": "invalid_request",
}
"""Codes of `response.error` that openai-chat does not know."""


def stop_of(status: str, reason: str, *, calls: bool, refused: bool) -> StopReason:
    """The canonical reason of an answer that did not fail; one that runs on in the background is a pause."""
    if status == "incomplete":
        return INCOMPLETE.get(reason, "error")
    if status in ("queued", "in_progress"):
        return "pause"
    return "tool_use" if calls else "refusal" if refused else "stop"


def usage_of(value: JSON) -> Usage:
    """Tokens; what is no number of tokens is unknown, never 0."""
    if not isinstance(value, dict):
        return Usage()
    prompt, output = value.get("input_tokens_details"), value.get("output_tokens_details")
    prompt = prompt if isinstance(prompt, dict) else {}
    output = output if isinstance(output, dict) else {}
    return Usage(
        input=_count(value.get("input_tokens")),
        output=_count(value.get("output_tokens")),
        cache_read=_count(prompt.get("cached_tokens")),
        cache_write=_count(prompt.get("cache_write_tokens")),
        reasoning=_count(output.get("reasoning_tokens")),
    )


def _count(value: JSON) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if type(value) is int else None
