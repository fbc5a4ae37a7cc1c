"""The names that faults of this language share: of the dialect, of its events, of places in them.

Rule of the file: the tools themselves are those for streams whose events have a type in their data.
"""

from __future__ import annotations

from conformance.faults.typed import Where, of

NAME = "cohere-v2"
START, END = of("message-start"), of("message-end")
BEGIN, DELTA, STOP = of("content-start"), of("content-delta"), of("content-end")
CALL, PIECE, DONE = of("tool-call-start"), of("tool-call-delta"), of("tool-call-end")
SAID, CALLED = "delta.message.content", "delta.message.tool_calls"


def numbered(index: int, family: str) -> Where:
    """All that is said of one block of a family."""
    return lambda chunk: chunk.get("index") == index and str(chunk.get("type")).startswith(family)
