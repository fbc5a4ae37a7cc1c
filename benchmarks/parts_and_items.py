"""Decoding speed of mistral and openai-responses: ours beside the floor and the vendors' SDKs, on the same bytes.

Run it as `python -m benchmarks.parts_and_items`. As in `benchmarks.decode`, rounds are interleaved and the median
counts. The streams are what our own servers write of a long answer, a word a frame.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import msgspec
from msgspec import Struct

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.contenders import Decode, Pieces, ours
from benchmarks.decode import _race as race
from benchmarks.streams import WORDS
from conformance.dialects import dialect
from conformance.model import ChatRequest, Message, Reply, Text, Thinking, Usage
from conformance.wire import SSE

FLOOR_TARGET = 2.5
"""Ours may cost at most this many times the floor: framing and a typed parse, of which nothing is made."""
SDK_TARGET = {"mistral": 100.0, "openai-responses": 20.0}
EVENTS = 500
"""Few, since the mistralai SDK takes its time."""
STREAM = {"content-type": "text/event-stream"}


class _Words(Struct):
    text: str = ""


class _Thought(Struct, tag_field="type", tag="thinking"):
    thinking: list[_Words]


class _Said(Struct, tag_field="type", tag="text"):
    text: str


class _Delta(Struct):
    content: str | list[_Thought | _Said] | None = None


class _Choice(Struct):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(Struct):
    id: str = ""
    choices: list[_Choice] = []
    usage: dict[str, Any] | None = None


class _Event(Struct):
    type: str
    output_index: int = 0
    delta: str = ""


def floor(form: type[Struct]) -> Decode:
    """A conformant split and a typed parse."""
    parse = msgspec.json.Decoder(form).decode

    def decode(pieces: Pieces) -> int:
        split = SSE().feed
        frames = 0
        for piece in pieces:
            for _, data in split(piece):
                if data != b"[DONE]":
                    parse(data)
                frames += 1
        return frames

    return decode


class _Wire(httpx.BaseTransport):
    """A transport that answers with the pieces it holds."""

    def __init__(self) -> None:
        self.pieces: Pieces = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=STREAM, stream=_Body(self.pieces))


class _Body(httpx.SyncByteStream, httpx2.SyncByteStream):
    """The body of either client."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def mistral_sdk() -> Decode:
    """`client.chat.stream(…)` of the mistralai SDK."""
    from mistralai.client import Mistral
    from mistralai.client.models import UserMessage

    wire = _Wire()
    http: Any = httpx.Client(transport=wire)
    client = Mistral(api_key="test", client=http)

    def decode(pieces: Pieces) -> int:
        wire.pieces = pieces
        return sum(1 for _ in client.chat.stream(model="m", messages=[UserMessage(content="Hi")]))

    return decode


def openai_sdk() -> Decode:
    """`client.responses.create(stream=True)` of the openai SDK."""
    from openai import OpenAI

    held: list[Pieces] = [[]]

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=STREAM, stream=_Body(held[0]))

    client = OpenAI(api_key="test", http_client=httpx2.Client(transport=httpx2.MockTransport(answer)))

    def decode(pieces: Pieces) -> int:
        held[0] = pieces
        return sum(1 for _ in client.responses.create(model="m", input="Hi", stream=True))

    return decode


def stream(name: str, part: Text | Thinking) -> Pieces:
    """One long part as the server of a dialect writes it: one frame an item."""
    asked = ChatRequest(model="m", messages=(Message("user", (Text("Hi"),)),))
    answer = Reply(id="0123456789abcdef", model="m", parts=(part,), stop="stop", usage=Usage(9, EVENTS))
    return list(dialect(name).server.stream(answer, asked, {}))


def main() -> int:
    said = "".join(WORDS[at % len(WORDS)] for at in range(EVENTS))
    contenders = {
        "mistral": (floor(_Chunk), ours("mistral"), mistral_sdk()),
        "openai-responses": (floor(_Event), ours("openai-responses"), openai_sdk()),
    }
    print(f"{'events per second':52} {'floor':>9} {'ours':>9} {'SDK':>9} {'cost':>10} {'speed':>10}")
    missed = 0
    for name, part in (("mistral", Text(said)), ("mistral", Thinking(said)), ("openai-responses", Text(said))):
        frames = stream(name, part)
        body = b"".join(frames)
        cut = [body[at : at + (1 << 14)] for at in range(0, len(body), 1 << 14)]
        for how, pieces in (("1 event a piece", frames), ("16 KiB pieces", cut)):
            best, mine, theirs = race(list(contenders[name]), pieces, EVENTS)
            cost, times = best / mine, mine / theirs
            missed += not (cost <= FLOOR_TARGET and times >= SDK_TARGET[name])
            label = f"{name} {type(part).__name__.lower()}, {how}"
            print(f"{label:52} {best:9,.0f} {mine:9,.0f} {theirs:9,.0f} {cost:9.2f}x {times:9.1f}x")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
