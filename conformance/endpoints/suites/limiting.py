"""max_tokens: whether an answer keeps to it, and says when it was cut.

Rule of the file: no token holds two words, and one that ended by itself has an end: by these two the text alone tells.
"""

from __future__ import annotations

import re

from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found
from conformance.model import Reply

_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"[.!?…\"'”’)\]}。！？]\s*$")


def too_long(reply: Reply, limit: int) -> Found:
    """What is wrong with an answer to a long task under a limit of so many tokens."""
    words = len(_WORD.findall(reply.text))
    counted = reply.usage.output
    if words > limit + limit // 8:
        yield broken("EP-21", f"{words} words came, where {limit} tokens were allowed", expected=limit, got=reply.text)
        return
    if counted is not None and counted > limit:
        yield broken("EP-21", "more tokens are counted than were allowed", expected=f"<= {limit}", got=counted)
    used_up = counted is not None and counted >= limit
    if reply.stop == "stop" and used_up and words and not _END.search(reply.text):
        yield broken(
            "EP-21", "an answer that the limit cut says that it ended by itself", expected="length", got="stop"
        )
