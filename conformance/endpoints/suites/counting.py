"""Whether tokens are counted: an explicit 0 for a prompt that was read or a text that was said is a wrong count.

Rule of the file: a count that is absent is the rules' business, where the language wants one.
"""

from __future__ import annotations

from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found


def counts(found: Performed) -> Found:
    """What is wrong with the usage of an answer."""
    reply = found.reply
    if reply is None:
        return
    usage, said = reply.usage, bool(reply.text.strip() or reply.tool_calls)
    if usage.input == 0:
        yield broken("EP-29", "the prompt is counted as 0 tokens", expected="> 0", got=0)
    if usage.output == 0 and said:
        yield broken("EP-29", "an answer that says something is counted as 0 tokens", expected="> 0", got=0)
    if usage.input is None and usage.output is None and not found.ask.without_usage:
        yield broken("EP-29", "usage says nothing of tokens", level="SHOULD")
