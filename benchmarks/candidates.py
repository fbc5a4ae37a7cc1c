"""Decoding speed of gemini: ours beside the floor and the vendor's SDK, the same bytes, in one run.

Run it as `python -m benchmarks.candidates`. As in `benchmarks.decode`, rounds are interleaved and the median counts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from msgspec import Struct

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.contenders import Decode, Pieces, ours
from benchmarks.decode import _race as race
from benchmarks.streams import WORDS
from conformance.wire import SSE

FLOOR_TARGET = 2.5
"""Ours may cost at most this many times the floor: framing and a typed parse, of which nothing is made."""
SDK_TARGET = 25.0


class _Part(Struct):
    text: str | None = None


class _Content(Struct):
    parts: list[_Part] | None = None


class _Candidate(Struct, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None
    index: int = 0


class _Chunk(Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    usage_metadata: dict[str, Any] | None = None
    model_version: str = ""
    response_id: str = ""


def floor() -> Decode:
    """A conformant split and a typed parse."""
    parse = msgspec.json.Decoder(_Chunk).decode

    def decode(pieces: Pieces) -> int:
        split = SSE().feed
        frames = 0
        for piece in pieces:
            for _, data in split(piece):
                parse(data)
                frames += 1
        return frames

    return decode


class _Body(httpx2.SyncByteStream):
    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def google_sdk() -> Decode:
    """`client.models.generate_content_stream(…)` of the google-genai SDK."""
    from google import genai
    from google.genai.types import HttpOptions

    held: list[Pieces] = [[]]

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Body(held[0]))

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = genai.Client(api_key="test", vertexai=False, http_options=HttpOptions(httpx_client=http))

    def decode(pieces: Pieces) -> int:
        held[0] = pieces
        return sum(1 for _ in client.models.generate_content_stream(model="m", contents="Hi"))

    return decode


def text(events: int = 2000) -> Pieces:
    """A text answer as the official server writes it: one frame an item."""
    return [_frame(at, at == events - 1) for at in range(events)]


def _frame(at: int, last: bool) -> bytes:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": WORDS[at % len(WORDS)]}], "role": "model"}, "index": 0}
    usage = {
        "promptTokenCount": 9,
        "candidatesTokenCount": at + 1,
        "totalTokenCount": at + 10,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
    }
    body = {
        "candidates": [candidate | ({"finishReason": "STOP"} if last else {})],
        "usageMetadata": usage,
        "modelVersion": "gemini-3.5-flash",
        "responseId": "AbCdEfGhIjKlMnOpQrStUvW",
    }
    return b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\r\n\r\n"


def main() -> int:
    frames = text()
    best, mine, theirs = race([floor(), ours("gemini"), google_sdk()], frames, len(frames))
    cost, times = best / mine, mine / theirs
    print(f"gemini, 2,000-event text: floor {best:,.0f}, ours {mine:,.0f}, SDK {theirs:,.0f} events per second")
    print(
        f"cost {cost:.2f}x the floor (at most {FLOOR_TARGET}x), speed {times:.1f}x the SDK (at least {SDK_TARGET:.0f}x)"
    )
    return 0 if cost <= FLOOR_TARGET and times >= SDK_TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
