"""The tools that faults are made with: changes to places in JSON, lifted to chunks, frames, answers, requests, heads.

Rule of the file: every function gives a `Bend` or an `Asking`; changes are applied to values that the bend owns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk, Said
from conformance.exchange import Chunk as Piece
from conformance.exchange import Headers, Request
from conformance.faults.form import Asking
from conformance.faults.places import Change, at, become, becoming, drop_at, rename_at, set_at, swap_at
from conformance.model import ChatRequest, Error, Part, Reply, StopReason, ToolCall

__all__ = [
    "Change", "asking", "asking_header", "asking_raw", "asking_url", "at", "become", "becoming", "body", "both",
    "chunks", "drop_at", "each_frame", "failure", "frames", "header", "instead", "moved", "pieces", "rename_at",
    "reply", "says", "sequence", "set_at", "status", "swap_at", "whole",
]  # fmt: skip


# ------------------------------------------------------------------ bends of answers


def chunks(change: Change, where: Callable[[Chunk], bool] = lambda chunk: True) -> Bend:
    """A change to each chunk of a stream that fits."""

    def each(told: list[Chunk], reply: Reply) -> list[Chunk]:
        for one in filter(where, told):
            change(one)
        return told

    return Bend(chunks=each)


def sequence(change: Callable[[list[Chunk]], list[Chunk]]) -> Bend:
    """A change to the order of chunks: some lost, moved, told twice."""
    return Bend(chunks=lambda told, reply: change(told))


def nth(number: int, change: Change) -> Bend:
    """Change one chunk of a stream; a negative number counts from its end."""

    def one(told: list[Chunk]) -> list[Chunk]:
        change(told[number])
        return told

    return sequence(one)


def frames(change: Callable[[list[bytes]], list[bytes]]) -> Bend:
    """A change to the frames of a stream as bytes, sentinel included."""
    return Bend(frames=change)


def each_frame(change: Callable[[bytes], bytes]) -> Bend:
    """The same change to each frame of a stream."""
    return Bend(frames=lambda told: [change(one) for one in told])


def whole(change: Change) -> Bend:
    """A change to a whole answer."""

    def one(told: Chunk, reply: Reply) -> Chunk:
        change(told)
        return told

    return Bend(whole=one)


def whole_set(path: str = "", **keys: object) -> Bend:
    """A whole answer says this in the objects at a path: see `set_at`."""
    return whole(set_at(path, **keys))


def whole_drop(path: str, *keys: str) -> Bend:
    """A whole answer does not say these keys of the objects at a path."""
    return whole(drop_at(path, *keys))


def failure(change: Change) -> Bend:
    """A change to the JSON of an error answer."""

    def one(status: int, told: Chunk) -> Chunk:
        change(told)
        return told

    return Bend(failure=one)


def both(change: Change) -> Bend:
    """The same change to each chunk and to a whole answer."""
    return Bend(chunks=chunks(change).chunks, whole=whole(change).whole)


def reply(change: Callable[[Reply], Reply]) -> Bend:
    """Another reply is said than is due; errors stay."""

    def one(asked: ChatRequest | None, said: Said) -> Said:
        return change(said) if isinstance(said, Reply) else said

    return Bend(answer=one)


def says(*parts: Part) -> Bend:
    """This is said in place of what is due."""
    stop: StopReason = "tool_use" if any(isinstance(part, ToolCall) for part in parts) else "stop"
    return reply(lambda told: replace(told, parts=parts, stop=stop))


def instead(change: Callable[[Error], Said], kind: str | None = None) -> Bend:
    """Something else is said in place of an error (of a kind)."""

    def one(asked: ChatRequest | None, said: Said) -> Said:
        return change(said) if isinstance(said, Error) and kind in (None, said.kind) else said

    return Bend(answer=one)


def status(change: Callable[[int], int]) -> Bend:
    """Another HTTP status."""
    return Bend(head=lambda told, headers: (change(told), headers))


def header(name: str, value: str | None, where: Callable[[int], bool] = lambda status: True) -> Bend:
    """A header of another value, or (None) none of that name."""

    def one(status: int, headers: Headers) -> tuple[int, Headers]:
        if not where(status):
            return status, headers
        others = tuple(line for line in headers if line[0].lower() != name.lower())
        return status, others if value is None else (*others, (name, value))

    return Bend(head=one)


def body(change: Callable[[bytes], bytes]) -> Bend:
    """A change to the bytes of a whole answer."""
    return Bend(body=change)


def pieces(change: Callable[[list[Piece]], list[Piece]]) -> Bend:
    """A change to where the body is cut and when it comes."""
    return Bend(pieces=change)


# ------------------------------------------------------------------ requests


def asking(change: Change) -> Asking:
    """Another request body."""

    def one(request: Request) -> Request:
        told = request.json()
        change(told if isinstance(told, dict) else {})
        return replace(request, body=json.dumps(told, ensure_ascii=False).encode())

    return one


def asking_raw(change: Callable[[bytes], bytes]) -> Asking:
    """Other bytes in the request's body."""
    return lambda request: replace(request, body=change(request.body))


def asking_header(name: str, value: str | None) -> Asking:
    """A header of the request of another value, or (None) none of that name."""

    def one(request: Request) -> Request:
        others = tuple(line for line in request.headers if line[0].lower() != name.lower())
        return replace(request, headers=others if value is None else (*others, (name, value)))

    return one


def asking_url(change: Callable[[str, str], tuple[str, str]]) -> Asking:
    """Another path and query."""

    def one(request: Request) -> Request:
        parts = urlsplit(request.url)
        path, query = change(parts.path, parts.query)
        return replace(request, url=urlunsplit(parts._replace(path=path, query=query)))

    return one


def moved(told: Sequence[Any], where: int, to: int) -> list[Any]:
    """A list with one item at another place."""
    items = list(told)
    items.insert(to, items.pop(where))
    return items
