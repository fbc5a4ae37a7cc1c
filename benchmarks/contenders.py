"""Who decodes: ours, the floor, and the vendors' SDKs as their users call them.

Rule of the file: a contender is made outside of the timed part; timed is what one answer costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx2
import msgspec
from msgspec import Struct

from conformance.dialects import dialect
from conformance.wire import framer

Pieces: TypeAlias = list[bytes]
Decode: TypeAlias = Callable[[Pieces], int]
"""Pieces of one streamed answer -> how many things came of them (so that nobody can skip the work)."""


def ours(name: str) -> Decode:
    """Our decoder: canonical events."""
    make = dialect(name).decoder

    def decode(pieces: Pieces) -> int:
        decoder = make()
        events = 0
        for piece in pieces:
            events += len(decoder.feed(piece))
        return events + len(decoder.close())

    return decode


class _Call(Struct):
    index: int | None = None
    id: str | None = None
    function: dict[str, str] | None = None


class _Delta(Struct):
    content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(Struct):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(Struct):
    id: str = ""
    choices: list[_Choice] = []
    usage: dict[str, int] | None = None


class _Piece(Struct):
    type: str
    text: str = ""
    partial_json: str = ""


class _BlockDelta(Struct, tag="content_block_delta", tag_field="type"):
    index: int
    delta: _Piece


class _Start(Struct, tag="message_start", tag_field="type"):
    pass


class _BlockStart(Struct, tag="content_block_start", tag_field="type"):
    index: int


class _BlockStop(Struct, tag="content_block_stop", tag_field="type"):
    index: int


class _MessageDelta(Struct, tag="message_delta", tag_field="type"):
    pass


class _Stop(Struct, tag="message_stop", tag_field="type"):
    pass


class _ToolPiece(Struct):
    input: str


class _UnionPiece(Struct):
    text: str = ""
    toolUse: _ToolPiece | None = None


class _ConverseEvent(Struct):
    contentBlockIndex: int = 0
    delta: _UnionPiece | None = None


_TYPES = {
    "openai-chat": _Chunk,
    "anthropic-messages": _BlockDelta | _Start | _BlockStart | _BlockStop | _MessageDelta | _Stop,
    "bedrock-converse": _ConverseEvent,
}


def floor(name: str) -> Decode:
    """What nobody can beat in pure Python: a conformant split and a typed parse, of which nothing is made."""
    parse = msgspec.json.Decoder(_TYPES[name]).decode
    framing = dialect(name).framing

    def decode(pieces: Pieces) -> int:
        split = framer(framing).feed
        frames = 0
        for piece in pieces:
            for _, data in split(piece):
                if data != b"[DONE]":
                    parse(data)
                frames += 1
        return frames

    return decode


class _Body(httpx2.SyncByteStream):
    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


class _Wire:
    """A transport that answers with the pieces it holds."""

    def __init__(self) -> None:
        self.pieces: Pieces = []
        self.client = httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Body(self.pieces))


def openai_sdk() -> Decode:
    """`client.chat.completions.create(stream=True)` of the openai SDK."""
    from openai import OpenAI

    wire = _Wire()
    client = OpenAI(api_key="test", http_client=wire.client)

    def decode(pieces: Pieces) -> int:
        wire.pieces = pieces
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}], stream=True)
        return sum(1 for _ in stream)

    return decode


def anthropic_sdk() -> Decode:
    """`client.messages.create(stream=True)` of the anthropic SDK."""
    from anthropic import Anthropic

    wire = _Wire()
    client = Anthropic(api_key="test", http_client=wire.client)

    def decode(pieces: Pieces) -> int:
        wire.pieces = pieces
        stream = client.messages.create(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        return sum(1 for _ in stream)

    return decode


def boto3_sdk() -> Decode:
    """`client.converse_stream()` of boto3."""
    import boto3
    from botocore.awsrequest import AWSResponse

    client = boto3.client(
        "bedrock-runtime", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    held: list[Pieces] = [[]]

    class Raw:
        def stream(self, *args: object, **more: object) -> Iterator[bytes]:
            return iter(held[0])

        def close(self) -> None:
            pass

    def answer(request: Any, **_: object) -> Any:
        return AWSResponse(request.url, 200, {"content-type": "application/vnd.amazon.eventstream"}, Raw())

    client.meta.events.register("before-send.bedrock-runtime.*", answer)

    def decode(pieces: Pieces) -> int:
        held[0] = pieces
        stream = client.converse_stream(modelId="m", messages=[{"role": "user", "content": [{"text": "Hi"}]}])
        return sum(1 for _ in stream["stream"])

    return decode
