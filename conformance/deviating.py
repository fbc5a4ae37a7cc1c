"""Bends: how an answer that is in order becomes another; and deviations, the bends that vendors are known for.

Rule of the file: a transformation takes what would be sent and gives what is sent. Transformations compose in order;
they own what they are given and may change it. Faults and legal variations are bends too: see `conformance.faults`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.exchange import Chunk as Piece
from conformance.exchange import End, Headers
from conformance.model import JSON, ChatRequest, Error, Reply, Usage
from conformance.rulebook import Level, Profile
from conformance.wire import eventstream, frames_of

Chunk: TypeAlias = dict[str, JSON]
"""The JSON of one frame. Where the framing names events and the JSON does not (eventstream): `{name: JSON}`."""
Said: TypeAlias = Reply | Error
Changes: TypeAlias = Mapping[str, tuple[Level | None, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """A transformation of an answer, part by part as an answer comes about; what changes nothing is left out."""

    answer: Callable[[ChatRequest | None, Said], Said] | None = None
    """What is said, before it is rendered; the request is None where it was refused unread."""
    chunks: Callable[[list[Chunk], Reply], list[Chunk]] | None = None
    """The JSON of a stream's frames, in order; the reply is what they tell."""
    frames: Callable[[list[bytes]], list[bytes]] | None = None
    """The frames as bytes, sentinel included; applied after all `chunks`."""
    whole: Callable[[Chunk, Reply], Chunk] | None = None
    """The JSON of a whole answer."""
    body: Callable[[bytes], bytes] | None = None
    """The bytes of a whole answer; applied after all `whole`."""
    failure: Callable[[int, Chunk], Chunk] | None = None
    """The JSON of an error answer; the status is given."""
    head: Callable[[int, Headers], tuple[int, Headers]] | None = None
    """Status and headers, of any answer."""
    pieces: Callable[[list[Piece]], list[Piece]] | None = None
    """The body as it is sent: where it is cut, and the seconds before each piece."""
    end: End = "eof"
    """How the body ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One thing that some vendors of a language do otherwise."""

    id: str
    sentence: str
    source: str
    bend: Bend
    """How an answer looks that deviates so."""
    counts: Callable[[Usage], Usage] | None = None
    """How its tokens are read, where the vendor's numbers mean something else."""
    excuses: Changes = field(default_factory=dict)
    """What a profile changes for it: see `conformance.rulebook.Profile`."""


def profile_of(name: str, deviations: Iterable[Deviation]) -> Profile:
    """What a vendor is excused for that deviates so. A rule that is off stays off, whatever else lowers it."""
    changes: dict[str, tuple[Level | None, str]] = {}
    for one in deviations:
        for place, change in one.excuses.items():
            if place not in changes or changes[place][0] is not None:
                changes[place] = change
    return Profile(name, changes)


def bend_sending(
    head: tuple[int, Headers], pieces: list[Piece], bends: Iterable[Bend]
) -> tuple[int, Headers, list[Piece], End]:
    """Status, headers, pieces and end of any answer after all transformations."""
    status, headers = head
    end: End = "eof"
    for one in bends:
        status, headers = one.head(status, headers) if one.head else (status, headers)
        pieces = one.pieces(pieces) if one.pieces else pieces
        end = one.end if one.end != "eof" else end
    return status, headers, pieces, end


def bend_stream(framing: str, frames: Iterable[bytes], reply: Reply, bends: Iterable[Bend]) -> list[bytes]:
    """The frames of a stream after all transformations. What follows the last JSON frame (a sentinel) is kept."""
    told, tail = list(frames), list[bytes]()
    bends = list(bends)
    if any(one.chunks for one in bends):
        read = [next(frames_of(framing, frame), ("", b"")) for frame in told]
        until = next((at for at, (_, data) in enumerate(read) if not data.startswith(b"{")), len(read))
        chunks, tail = [_chunk(framing, *one) for one in read[:until]], told[until:]
        for one in bends:
            chunks = one.chunks(chunks, reply) if one.chunks else chunks
        named = any(event for event, _ in read)
        told = [_frame(framing, chunk, named) for chunk in chunks]
    told += tail
    for one in bends:
        told = one.frames(told) if one.frames else told
    return told


def bend_whole(body: bytes, reply: Reply, bends: Iterable[Bend]) -> bytes:
    """The bytes of a whole answer after all transformations."""
    bends = list(bends)
    value = json.loads(body)
    for one in bends:
        value = one.whole(value, reply) if one.whole else value
    told = dump(value)
    for one in bends:
        told = one.body(told) if one.body else told
    return told


def bend_failure(status: int, body: bytes, bends: Iterable[Bend]) -> bytes:
    """The bytes of an error answer after all transformations; a page that is no JSON stays as it is."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    for one in bends:
        value = one.failure(status, value) if one.failure else value
    return dump(value)


def dump(value: JSON) -> bytes:
    """JSON as vendors send it; half a surrogate pair travels escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _chunk(framing: str, event: str, data: bytes) -> Chunk:
    value: Chunk = json.loads(data)
    return {event: value} if framing == "eventstream" else value


def _frame(framing: str, chunk: Chunk, named: bool) -> bytes:
    """One frame; where events have names, the name is the chunk's type."""
    if framing == "eventstream":
        return b"".join(eventstream.event(name, dump(value)) for name, value in chunk.items())
    if framing == "ndjson":
        return dump(chunk) + b"\n"
    event = f"event: {chunk['type']}\n".encode() if named and "type" in chunk else b""
    return event + b"data: " + dump(chunk) + b"\n\n"
