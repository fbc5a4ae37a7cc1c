"""Turn the bytes of one streamed answer into events: a framer finds the frames, a reader knows what they mean.

Rule of the file: whatever the bytes are, no exception leaves; one bad frame is one `Error`, and the last event.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from conformance.exchange import Broken, End
from conformance.model import Error, Event, error


class BadFrame(ValueError):
    """The bytes are no frames from here on. `frames` are those that were cut before."""

    def __init__(self, message: str, frames: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.frames = frames


class Framer(Protocol):
    """Cuts bytes into frames `(event, data)`."""

    @property
    def label(self) -> str:
        """The framing's name, for messages."""
        ...

    @property
    def tail(self) -> bytes:
        """The bytes of the unfinished frame."""
        ...

    def feed(self, chunk: bytes) -> Sequence[tuple[bytes, bytes]]:
        """The frames that this chunk completes. May raise `BadFrame` where a framing can be broken."""
        ...

    def flush(self) -> Sequence[tuple[bytes, bytes]]:
        """The body is over: the unfinished frame, if it is one."""
        ...


class FrameReader(Protocol):
    """Knows what one dialect's frames mean. Used for one answer."""

    finished: bool
    """A terminal event has been appended: no more frames are read."""

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        """Append the events of one frame. May raise `ValueError` for a frame that cannot be parsed."""
        ...

    def end(self, end: End, out: list[Event]) -> None:
        """The body is over: append what is still owed, `cut_off(...)` when no terminal signal came."""
        ...


class FrameDecoder:
    """A `StreamDecoder` made of a framer and a reader."""

    __slots__ = ("_ascii", "_feed", "_framer", "_frames", "_read", "_reader")

    def __init__(self, framer: Framer, reader: FrameReader) -> None:
        self._framer = framer
        self._feed = framer.feed
        self._reader = reader
        self._read = reader.read
        self._frames = 0
        self._ascii = True  # until a byte says otherwise there is nothing to check

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes. After a terminal event: none."""
        out: list[Event] = []
        reader = self._reader
        if reader.finished:
            return out
        if self._ascii and not chunk.isascii():
            self._ascii = False
        try:
            frames = self._feed(chunk)
        except BadFrame as bad:
            self._read_checked(bad.frames, out)
            if not reader.finished:
                self._fail(error("protocol", f"{self._framer.label} error: frame {self._frames}: {bad}"), out)
            return out
        if not frames:
            return out
        if not self._ascii:
            self._read_checked(frames, out)
            return out
        read = self._read
        done = 0
        try:
            for event, data in frames:
                read(event, data, out)
                if reader.finished:
                    return out
                done += 1
        except (ValueError, RecursionError) as fault:
            self._fail(unparsed(self._frames + done, fault), out)
        self._frames += done
        return out

    def close(self, end: End = "eof") -> list[Event]:
        """The body is over. A last frame that lacks only its blank line still counts; half a frame does not."""
        out: list[Event] = []
        reader = self._reader
        if end == "eof" and not reader.finished:
            self._read_tail(out)
        if not reader.finished and end == "eof" and (lacking := getattr(self._framer, "unclosed", "")):
            out.append(cut_off(end, lacking))  # only framings that close by themselves can tell
            reader.finished = True
        if not reader.finished:
            reader.end(end, out)
            reader.finished = True
        return out

    def _read_tail(self, out: list[Event]) -> None:
        for frame in self._framer.flush():
            had = len(out)
            self._read_checked([frame], out)
            if self._reader.finished and _is_protocol_fault(out) and not _is_json(frame[1]):
                del out[had:]  # half a frame means a cut stream, not a bad frame
                self._reader.finished = False

    def _read_checked(self, frames: Sequence[tuple[bytes, bytes]], out: list[Event]) -> None:
        """Read frames that may hold more than ASCII: each must be UTF-8."""
        reader = self._reader
        read = reader.read
        for event, data in frames:
            if not (data.isascii() and event.isascii()) and not _is_utf8(event, data):
                message = f"{self._framer.label} error: invalid UTF-8 in frame {self._frames}"
                return self._fail(error("protocol", f"{message}: {shown(data)}"), out)
            try:
                read(event, data, out)
            except (ValueError, RecursionError) as fault:
                return self._fail(unparsed(self._frames, fault), out)
            if reader.finished:
                return None
            self._frames += 1
        return None

    def _fail(self, fault: Error, out: list[Event]) -> None:
        out.append(fault)
        self._reader.finished = True


def cut_off(end: End, missing: str) -> Error:
    """The error of a stream that stopped without its terminal signal; `missing` names that signal."""
    if isinstance(end, Broken):
        return error("truncated", f"the connection failed before {missing}: {end.error}: {end.message}")
    if end == "closed":
        return error("cancelled", f"the consumer left before {missing}")
    return error("truncated", f"the stream ended without {missing}")


def unparsed(number: int, fault: Exception) -> Error:
    """The error of a frame that is not the JSON it should be."""
    return error("protocol", f"cannot parse frame {number} as JSON: {fault}")


def shown(data: bytes, most: int = 60) -> str:
    """Bytes as a message shows them."""
    text = data[:most].decode("utf-8", "backslashreplace")
    return text if len(data) <= most else f"{text}…"


def _is_utf8(event: bytes, data: bytes) -> bool:
    try:
        data.decode()
        event.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _is_protocol_fault(out: list[Event]) -> bool:
    return bool(out) and isinstance(out[-1], Error) and out[-1].kind == "protocol"
