"""Decoding speed of cohere-v2 and ollama: ours beside the floor and the vendors' SDKs, the same bytes, in one run.

Run it as `python -m benchmarks.line_and_plan`. As in `benchmarks.decode`, rounds are interleaved and the median counts.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec import Struct

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.contenders import Decode, Pieces, ours
from benchmarks.decode import _race as race
from benchmarks.streams import WORDS
from conformance.wire import NDJSON, SSE

FLOOR_TARGET = 2.5
"""Ours may cost at most this many times the floor: framing and a typed parse, of which nothing is made."""
SDK_TARGET = {"cohere-v2": 10.0, "ollama": 1.0}
TURNS = [{"role": "user", "content": "Hi"}]


class _Content(Struct):
    text: str = ""


class _Message(Struct):
    content: _Content | list[Any] | str | None = None


class _Delta(Struct):
    message: _Message | None = None


class _Event(Struct):
    type: str
    index: int = 0
    delta: _Delta | None = None


class _Line(Struct):
    model: str
    message: _Message
    done: bool


def floor(framing: Callable[[], SSE | NDJSON], form: type[Struct]) -> Decode:
    """A conformant split and a typed parse."""
    parse = msgspec.json.Decoder(form).decode

    def decode(pieces: Pieces) -> int:
        split = framing().feed
        frames = 0
        for piece in pieces:
            for _, data in split(piece):
                parse(data)
                frames += 1
        return frames

    return decode


class _Body(httpx.SyncByteStream):
    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


class _Wire(httpx.BaseTransport):
    """A transport that answers with the pieces it holds."""

    def __init__(self, kind: str) -> None:
        self.pieces: Pieces = []
        self._headers = {"content-type": kind}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=self._headers, stream=_Body(self.pieces))


def cohere_sdk() -> Decode:
    """`client.chat_stream(…)` of the cohere SDK."""
    import cohere

    wire = _Wire("text/event-stream")
    client: Any = cohere.ClientV2(
        "test", httpx_client=httpx.Client(transport=wire), log_warning_experimental_features=False
    )

    def decode(pieces: Pieces) -> int:
        wire.pieces = pieces
        return sum(1 for _ in client.chat_stream(model="m", messages=TURNS))

    return decode


def ollama_sdk() -> Decode:
    """`client.chat(stream=True)` of the ollama SDK."""
    import ollama

    wire = _Wire("application/x-ndjson")
    client: Any = ollama.Client(host="http://127.0.0.1:9", transport=wire)

    def decode(pieces: Pieces) -> int:
        wire.pieces = pieces
        return sum(1 for _ in client.chat(model="m", messages=TURNS, stream=True))

    return decode


def cohere_text(events: int = 2000) -> Iterator[bytes]:
    """A text answer: one frame an item."""
    idle = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield _event("message-start", id="e5ddfd20-3e92-4a1e-8a1d-0732622b85c7", delta={"message": idle})
    yield _event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}})
    for at in range(events - 4):
        yield _event("content-delta", index=0, delta={"message": {"content": {"text": WORDS[at % len(WORDS)]}}})
    yield _event("content-end", index=0)
    tokens = {"input_tokens": 9, "output_tokens": events}
    yield _event("message-end", delta={"finish_reason": "COMPLETE", "usage": {"tokens": tokens}})


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | fields, separators=(',', ':'))}\n\n".encode()


def ollama_text(events: int = 2000) -> Iterator[bytes]:
    """A text answer: one line an item."""
    for at in range(events - 1):
        yield _line({"role": "assistant", "content": WORDS[at % len(WORDS)]}, done=False)
    yield _line({"role": "assistant", "content": ""}, done=True, done_reason="stop", eval_count=events)


def _line(message: dict[str, str], **fields: Any) -> bytes:
    head = {"model": "m", "created_at": "2026-11-20T10:00:00.123456Z", "message": message}
    return json.dumps(head | fields, separators=(",", ":")).encode() + b"\n"


def main() -> int:
    warnings.simplefilter("ignore")  # of the SDKs' own making
    rows = {
        "cohere-v2": (floor(SSE, _Event), cohere_sdk(), list(cohere_text())),
        "ollama": (floor(NDJSON, _Line), ollama_sdk(), list(ollama_text())),
    }
    print(f"{'events per second':46} {'floor':>9} {'ours':>9} {'SDK':>9} {'cost':>10} {'speed':>10}")
    missed = 0
    for name, (least, sdk, frames) in rows.items():
        body = b"".join(frames)
        cut = [body[at : at + (1 << 14)] for at in range(0, len(body), 1 << 14)]
        for how, pieces in (("1 event a piece", frames), ("16 KiB pieces", cut)):
            best, mine, theirs = race([least, ours(name), sdk], pieces, len(frames))
            cost, times = best / mine, mine / theirs
            missed += not (cost <= FLOOR_TARGET and times >= SDK_TARGET[name])
            label = f"{name} 2,000-event text, {how}"
            print(f"{label:46} {best:9,.0f} {mine:9,.0f} {theirs:9,.0f} {cost:9.2f}x {times:9.1f}x")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
