"""Split newline-delimited JSON into frames, incrementally.

Rule of the file: LF alone ends a line (a CR before it is JSON whitespace); U+2028 is data. Blank lines are nothing.
"""

from __future__ import annotations

Frame = tuple[bytes, bytes]


class NDJSON:
    """The framer of `application/x-ndjson`; its frames have no event name."""

    label = "NDJSON"
    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # the unfinished line, joined once

    def feed(self, chunk: bytes) -> list[Frame]:
        """The lines that this chunk completes."""
        head, newline, rest = chunk.rpartition(b"\n")
        if newline:
            self._parts.append(head)
            lines = b"".join(self._parts).split(b"\n")
            self._parts.clear()
        if rest:
            self._parts.append(rest)
        return [(b"", line) for line in lines if line and not line.isspace()] if newline else []

    def flush(self) -> list[Frame]:
        """The body is over: the last line as if LF had closed it."""
        return self.feed(b"\n")

    @property
    def tail(self) -> bytes:
        """The bytes of the line that no LF has closed yet."""
        return b"".join(self._parts)
