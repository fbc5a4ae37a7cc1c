"""A whole 2xx body -> Reply: openai-chat's reading, but for content that is a list and ids that are none.

Rule of the file: only what differs is read here.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.dialects.openai_chat.reply import call_of, first_choice
from conformance.dialects.openai_chat.reply import reply_of as plainly
from conformance.model import JSON, Reply

from .chunks import id_of
from .content import parts_of


def reply_of(value: JSON) -> Reply:
    """The finished answer: choice 0 of the body. Raises `ValueError` for a body that is no answer."""
    read = plainly(value)
    message = (first_choice(value["choices"]) or {}).get("message")
    if not isinstance(message, dict):
        return read
    calls = message.get("tool_calls")
    called = [one for one in calls if isinstance(one, dict)] if isinstance(calls, list) else []
    told = tuple(replace(call_of(one), id=id_of(one)) for one in called)
    return replace(read, parts=(*parts_of(message.get("content")), *told))
