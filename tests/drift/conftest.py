"""What the tests of drift share: recordings of the shelf, and ways to rewrite them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange
from conformance.tape import cassette_path, read_cassette
from conformance.wire import frames_of


@dataclass
class Frame:
    """One frame that a test may rewrite: its event name, and its JSON (or its text when it is none)."""

    event: str
    json: Any


@dataclass(frozen=True)
class Taken:
    """A recording of the shelf."""

    exchange: Exchange

    def frames(self) -> list[Frame]:
        """The frames of its stream."""
        assert self.exchange.dialect
        framing = dialect(self.exchange.dialect).framing
        return [Frame(name, _loaded(data)) for name, data in frames_of(framing, self.exchange.response.body)]

    def streaming(self, frames: list[Frame], **more: Any) -> Exchange:
        """The same exchange with these frames."""
        assert self.exchange.dialect
        lines = dialect(self.exchange.dialect).framing == "ndjson"
        return self.saying(b"".join(_line(one) if lines else _event(one) for one in frames), **more)

    def saying(self, body: bytes, **more: Any) -> Exchange:
        """The same exchange with this body."""
        response = replace(self.exchange.response, chunks=(Chunk(0.0, body),), **more)
        return replace(self.exchange, response=response)

    def rewritten(self, change: Callable[[Any], Any]) -> Exchange:
        """The same exchange with each JSON value of its answer changed; a frame that becomes None goes."""
        if not self.exchange.response.body.startswith((b"data:", b"event:")):
            value = copy.deepcopy(self.exchange.response.json())
            return self.saying(json.dumps(change(value)).encode())
        kept = []
        for one in self.frames():
            told = one.json if isinstance(one.json, str) else change(copy.deepcopy(one.json))
            kept += [] if told is None else [Frame(one.event, told)]
        return self.streaming(kept)


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()


def _event(one: Frame) -> bytes:
    data = one.json if isinstance(one.json, str) else json.dumps(one.json)
    return (f"event: {one.event}\n" if one.event else "").encode() + f"data: {data}\n\n".encode()


def _line(one: Frame) -> bytes:
    return json.dumps(one.json).encode() + b"\n"


@pytest.fixture(scope="session")
def taken() -> Callable[[str, str], Taken]:
    """Take a recording from the shelf by provider and scenario."""

    def take(provider: str, scenario: str) -> Taken:
        return Taken(read_cassette(cassette_path(provider, scenario)).exchanges[0])

    return take
