"""Split an event stream into frames by the WHATWG rules: incremental, linear, over bytes.

Rule of the file: the form that every vendor writes is cut by one regular expression; everything else goes line by line,
by the book. A frame is `(event, data)` in bytes, `event` b"" when no line named it. Bytes are never decoded here:
line ends and colons are ASCII, so U+2028 and the like are data and a cut UTF-8 sequence heals by itself.
"""

from __future__ import annotations

import re

_BOM = b"\xef\xbb\xbf"
_LF, _CR = 10, 13  # `13 in chunk` scans at once; `b"\r" in chunk` first raises and clears a TypeError inside CPython

_FIELDS = rb"(?:event: ([^\n]*+)\n)?+data: ([^\n]*+)\n\n"
_one = re.compile(_FIELDS).match
_all = re.compile(_FIELDS).findall
_bare = re.compile(rb"^\s*[\[{].*\Z", re.MULTILINE | re.DOTALL).search
_run = re.compile(rb"(?:(?:event: [^\n]*+\n)?+data: [^\n]*+\n\n)*+").match  # possessive: keeps no backtracking stack

Frame = tuple[bytes, bytes]
_NONE: list[Frame] = []


class SSE:
    """The framer of `text/event-stream`. `retry` and `last_id` are what the finished frames have set.

    `bare_json`: a block of JSON without any field is a frame too, as with servers that say errors so.
    """

    label = "SSE"
    __slots__ = ("_after_cr", "_bare_json", "_ends_in_lf", "_head", "_parts", "last_id", "retry")

    def __init__(self, *, bare_json: bool = False) -> None:
        self._bare_json = bare_json
        self.retry: int | None = None
        self.last_id = b""
        self._parts: list[bytes] = []  # the unfinished block, joined once: when its blank line comes
        self._ends_in_lf = False  # ... and how it ends
        self._after_cr = False  # the last chunk ended with CR, so one leading LF belongs to it
        self._head: bytes | None = b""  # held back until a byte order mark is ruled in or out; then None

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes."""
        if self._head is not None or self._after_cr or _CR in chunk:
            chunk = self._normalise(chunk)
        if _LF not in chunk:
            if chunk:
                self._hold(chunk)
            return _NONE
        if self._parts:
            if not (self._ends_in_lf and chunk[0] == _LF) and chunk.find(b"\n\n") < 0:
                self._hold(chunk)
                return _NONE
            self._parts.append(chunk)
            chunk = b"".join(self._parts)
            self._parts.clear()
        hit = _one(chunk)
        if hit is None:
            return self._by_the_book(chunk, [])
        if hit.end() == len(chunk):
            return [(hit[1] or b"", hit[2])]
        run = _run(chunk)
        end = run.end() if run else 0
        found = _all(chunk, 0, end)
        return found if end == len(chunk) else self._by_the_book(chunk[end:], found)

    def flush(self) -> list[Frame]:
        """The body is over: the last frame as if a blank line had closed it. The standard drops it; clients do not."""
        rest = self.tail
        self._parts.clear()
        self._head = None
        out: list[Frame] = []
        self._block(rest, out)
        return out

    @property
    def tail(self) -> bytes:
        """The bytes of the frame that no blank line has closed yet, line ends normalised to LF."""
        return (self._head or b"") + b"".join(self._parts)

    def _hold(self, chunk: bytes) -> None:
        self._parts.append(chunk)
        self._ends_in_lf = chunk[-1] == _LF

    def _by_the_book(self, chunk: bytes, out: list[Frame]) -> list[Frame]:
        *blocks, rest = chunk.split(b"\n\n")
        for block in blocks:
            self._block(block, out)
        if rest:
            self._hold(rest)
        return out

    def _block(self, block: bytes, out: list[Frame]) -> None:
        data: list[bytes] = []
        event = b""
        bare = _bare(block) if self._bare_json else None
        block = block[: bare.start()] if bare else block
        for line in block.split(b"\n"):
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"data":
                data.append(value)
            elif name == b"event":
                event = value
            elif name == b"id":
                if b"\0" not in value:
                    self.last_id = value
            elif name == b"retry" and value.isdigit():
                self.retry = int(value[:18])  # a wait of more digits is as good as for ever
        if data:
            out.append((event, b"\n".join(data)))
        if bare:
            out.append((b"", bare[0]))

    def _normalise(self, chunk: bytes) -> bytes:
        """Drop a byte order mark, make every line end LF; may hold bytes back or return none."""
        if self._head is not None:
            chunk = self._head + chunk
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._head = chunk
                return b""
            chunk, self._head = chunk.removeprefix(_BOM), None
        if self._after_cr and chunk:
            chunk, self._after_cr = chunk.removeprefix(b"\n"), False
        if _CR in chunk:
            self._after_cr = chunk[-1] == _CR
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk
