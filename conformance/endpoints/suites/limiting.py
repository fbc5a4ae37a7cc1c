"""max_tokens: whether an answer keeps to it, and says when it was cut.

Rule of the file: no token holds two words, and an answer that ended by itself has an end: the text alone tells both.
"""

from __future__ import annotations

import re

from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found
from conformance.model import Reply

_WORDS = re.compile(r"[A-Za-z]{2,}")
_MARKS = 4
"""Tokens that end an answer, which some servers count."""
_WORD = re.compile(r"\w")
_END = re.compile(r"[.!?…\"'”’)\]}。！？]\s*$")


def too_long(reply: Reply, limit: int) -> Found:
    """What is wrong with an answer to a long task under a limit of so many tokens."""
    counted = reply.usage.output
    words = len(_WORDS.findall(reply.text))
    if words > limit + limit // 8:
        yield broken("EP-21", f"{words} words came where {limit} tokens were allowed", expected=limit, got=reply.text)
        return
    if counted is not None and counted - (reply.usage.reasoning or 0) > limit + _MARKS:
        yield broken("EP-21", "more tokens are counted than were allowed", expected=f"<= {limit}", got=counted)
    used_up = counted is not None and counted >= limit
    if reply.stop == "stop" and used_up and _WORD.search(reply.text) and not _END.search(reply.text):
        told = "an answer that the limit cut says that it ended by itself"
        yield broken("EP-21", told, expected="length", got="stop")
