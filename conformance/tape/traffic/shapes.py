"""Which dialect an answer speaks that came without its request, told by words that only one language has.

Rule of the file: a table, the most telling first. Who speaks openai-chat by another name cannot be told by an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BEGINNING = 8192

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "openai-chat": (r'"object"\s*:\s*"chat\.completion(\.chunk)?"',),
    "openai-responses": (r'"object"\s*:\s*"response"', r'"type"\s*:\s*"response\.[a-z_.]+"'),
    "anthropic-messages": (r'"type"\s*:\s*"(message_start|message|error)"[^\n]*"(usage|request_id)"\s*:',),
    "cohere-v2": (r'"type"\s*:\s*"message-start"', r'"finish_reason"\s*:\s*"[A-Z_]+"[^\n]*"billed_units"'),
    "gemini": (r'"candidates"\s*:\s*\[', r'"promptFeedback"\s*:', r'"usageMetadata"\s*:'),
    "bedrock-converse": (r'"stopReason"\s*:', r":event-type\x07\x00.messageStart"),
    "ollama": (r'"created_at"\s*:\s*"[^"]+"[^\n]*"done"\s*:\s*(true|false)',),
}
_TOLD = [
    (name, re.compile(sign.encode("latin-1"), re.S if name == "bedrock-converse" else 0))
    for name, signs in _SIGNS.items()
    for sign in signs
]


def spoken_in(body: bytes) -> str | None:
    """The dialect of an answer; None when nothing tells."""
    head = body.lstrip()[:_BEGINNING]
    return next((name for name, sign in _TOLD if sign.search(head)), None)
