"""Cut an AWS binary event stream into frames, and make its messages: lengths, headers, payload, two checksums.

Rule of the file: a message whose lengths, checksums or headers are wrong ends the stream: nothing after it can be
trusted. A frame's event is what `:event-type` says; `exception:<type>` and `error:<code>` are the other message types.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from zlib import crc32

from .decoder import BadFrame

Frame = tuple[bytes, bytes]
HeaderValue: TypeAlias = str | bytes | int | bool

PRELUDE, TRAILER = 12, 4
MOST_HEADERS = 128 << 10
MOST_PAYLOAD = 24 << 20
"""What AWS's own parsers take; a length beyond means that the bytes are no event stream."""

EXCEPTION, ERROR = b"exception:", b"error:"
"""How the event of a frame begins that is no event but the server's failure."""

_prelude = struct.Struct(">III").unpack_from
_word = struct.Struct(">I").unpack_from


class Message(NamedTuple):
    """One message as it travelled: its header lines in order, and its payload."""

    headers: tuple[tuple[str, HeaderValue], ...]
    payload: bytes

    def header(self, name: str) -> HeaderValue | None:
        return next((value for key, value in self.headers if key == name), None)


class EventStream:
    """The framer of `application/vnd.amazon.eventstream`."""

    label = "eventstream"
    __slots__ = ("_parts", "_size", "_wanted")

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # the unfinished message, joined once: when it can be whole
        self._size = 0
        self._wanted = PRELUDE

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes. Raises `BadFrame`, once: all before it is in the exception."""
        self._size += len(chunk)
        if self._size < self._wanted:
            self._parts.append(chunk)
            return []
        if self._parts:
            chunk = b"".join((*self._parts, chunk))
        out: list[Frame] = []
        at = 0
        try:
            while len(chunk) - at >= PRELUDE:
                total, headers, told = _prelude(chunk, at)
                begun = crc32(chunk[at : at + 8])
                if begun != told or not 0 <= total - headers - 16 <= MOST_PAYLOAD or headers > MOST_HEADERS:
                    _wanted(chunk, at)  # it raises, and says why
                end = at + total
                if end > len(chunk):
                    break
                if crc32(chunk[at + 8 : end - TRAILER], begun) != _word(chunk, end - TRAILER)[0]:
                    _checked(chunk, at, end)  # so does this
                payload = at + PRELUDE + headers
                event, said = _event_of(chunk[at + PRELUDE : payload])
                out.append((event, chunk[payload : end - TRAILER] if said is None else said))
                at = end
        except ValueError as fault:
            self._keep(chunk[at:], PRELUDE)
            raise BadFrame(str(fault), out) from None
        if at == len(chunk):  # nearly always
            if self._parts:
                self._parts = []
            self._size, self._wanted = 0, PRELUDE
        else:
            self._keep(chunk[at:], total if len(chunk) - at >= PRELUDE else PRELUDE)
        return out

    def flush(self) -> list[Frame]:
        """The body is over: half a message is no frame."""
        return []

    @property
    def tail(self) -> bytes:
        """The bytes of the message that is not complete, or is broken."""
        return b"".join(self._parts)

    def _keep(self, rest: bytes, wanted: int) -> None:
        self._parts, self._size, self._wanted = [rest] if rest else [], len(rest), wanted


def messages(body: bytes) -> Iterator[Message]:
    """The messages of a whole body. Raises `ValueError` at the first that is broken; an unfinished one is left out."""
    at = 0
    while (end := at + _wanted(body, at)) <= len(body):
        headers_end = _checked(body, at, end)
        yield Message(tuple(_headers(body[at + PRELUDE : headers_end])), body[headers_end : end - TRAILER])
        at = end


def ends_of(body: bytes) -> list[int]:
    """Where each message ends, by its length alone."""
    ends, at = [], 0
    while len(body) - at >= PRELUDE and at + (size := max(_word(body, at)[0], PRELUDE + TRAILER)) <= len(body):
        at += size
        ends.append(at)
    return ends


def message(headers: Mapping[str, str] | Iterable[tuple[str, str]], payload: bytes = b"") -> bytes:
    """A message with these string headers."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = b"".join(_line(name.encode(), value.encode()) for name, value in pairs)
    head = struct.pack(">II", PRELUDE + len(lines) + len(payload) + TRAILER, len(lines))
    whole = head + struct.pack(">I", crc32(head)) + lines + payload
    return whole + struct.pack(">I", crc32(whole))


def event(name: str, payload: bytes) -> bytes:
    """An event whose payload is JSON."""
    return message({":event-type": name, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(name: str, payload: bytes) -> bytes:
    """A failure that the service models."""
    return message(
        {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}, payload
    )


def respelt(frame: bytes, old: bytes, new: bytes) -> bytes:
    """A message with `old` replaced by `new` in its payload, once; lengths and checksums fit again."""
    (one,) = messages(frame)
    return message([(name, str(value)) for name, value in one.headers], one.payload.replace(old, new, 1))


def _line(name: bytes, value: bytes) -> bytes:
    return struct.pack(">B", len(name)) + name + struct.pack(">BH", 7, len(value)) + value


def _wanted(data: bytes, at: int) -> int:
    """How many bytes the message at this place has, as far as it tells yet. Raises `ValueError` for a bad prelude."""
    if len(data) - at < PRELUDE:
        return PRELUDE
    total, headers, told = _prelude(data, at)
    if (found := crc32(data[at : at + 8])) != told:
        raise ValueError(f"the prelude's checksum is {told:#010x}, its bytes give {found:#010x}")
    payload = total - headers - PRELUDE - TRAILER
    if headers > MOST_HEADERS or not 0 <= payload <= MOST_PAYLOAD:
        raise ValueError(f"a message of {total} bytes with {headers} bytes of headers cannot be")
    return int(total)


def _checked(data: bytes, at: int, end: int) -> int:
    """Where the headers of a complete message end. Raises `ValueError` when its checksum is wrong."""
    told = _word(data, end - TRAILER)[0]
    if (found := crc32(data[at : end - TRAILER])) != told:
        raise ValueError(f"the message's checksum is {told:#010x}, its bytes give {found:#010x}")
    return at + PRELUDE + int(_word(data, at + 4)[0])


@lru_cache(256)
def _event_of(raw: bytes) -> tuple[bytes, bytes | None]:
    """What the headers make of a frame: its event, and its data where the headers, not the payload, hold them.

    Frames of one kind have the same headers, so they are read once.
    """
    lines = list(_headers(raw))
    told = dict(lines)
    if len(told) < len(lines):
        raise ValueError("a header stands twice in one message")
    kind = told.get(":message-type", "event")
    if kind == "error":
        said = {"message": str(told.get(":error-message", ""))}
        return ERROR + str(told.get(":error-code", "")).encode(), json.dumps(said).encode()
    if kind == "exception":
        return EXCEPTION + str(told.get(":exception-type", "")).encode(), None
    return str(told.get(":event-type", "")).encode(), None


def _headers(raw: bytes) -> Iterator[tuple[str, HeaderValue]]:
    """The header lines. Raises `ValueError` for bytes that are none."""
    at = 0
    while at < len(raw):
        try:
            name_end = at + 1 + raw[at]
            name, kind = raw[at + 1 : name_end].decode(), raw[name_end]
            value, at = _VALUES[kind](raw, name_end + 1)
        except (IndexError, KeyError, struct.error, UnicodeDecodeError) as fault:
            raise ValueError(f"the headers of a message cannot be read: {fault!r}") from None
        if at > len(raw):
            raise ValueError("the headers of a message break off")
        yield name, value


_Value: TypeAlias = Callable[[bytes, int], tuple[HeaderValue, int]]


def _number(form: str) -> _Value:
    read = struct.Struct(form)
    return lambda raw, at: (read.unpack_from(raw, at)[0], at + read.size)


def _bytes(raw: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + struct.unpack_from(">H", raw, at)[0]
    return raw[at + 2 : end], end


def _text(raw: bytes, at: int) -> tuple[str, int]:
    value, end = _bytes(raw, at)
    return value.decode(), end


_VALUES: Mapping[int, _Value] = {
    0: lambda raw, at: (True, at),
    1: lambda raw, at: (False, at),
    2: _number(">b"),
    3: _number(">h"),
    4: _number(">i"),
    5: _number(">q"),
    6: _bytes,
    7: _text,
    8: _number(">q"),  # a time in milliseconds
    9: lambda raw, at: (raw[at : at + 16], at + 16),  # a UUID
}
"""How a header's value is read, by its type."""
