"""Judging speed: decode and judge by every rule, beside the openai SDK that only reads the same stream.

Run it as `python -m benchmarks.judge`. Rounds are interleaved and the median counts. CPU time, not wall time. What is
judged is a whole exchange, request included, with nothing remembered of the last round.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.contenders import Decode, Pieces, openai_sdk
from benchmarks.streams import openai_text, openai_tool
from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge_reading, rules_for
from conformance.reading import Reading

ROUNDS = 11
SPEAKS = dialect("openai-chat")
RULES = rules_for(SPEAKS)
WANTED = 10.0
"""Times the events a second of the SDK."""


def judged(pieces: Pieces) -> Exchange:
    """The exchange whose answer came in these pieces."""
    asked = {
        "model": "bench-model",
        "messages": [{"role": "user", "content": "Tell me of the tide."}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "tools": [{"type": "function", "function": {"name": "store", "parameters": {"type": "object"}}}],
    }
    lines = (("authorization", "Bearer x"), ("content-type", "application/json"))
    request = Request("POST", "https://api.openai.com/v1/chat/completions", lines, json.dumps(asked).encode())
    chunks = tuple(Chunk(0.001, piece) for piece in pieces)
    response = Response(200, (("content-type", "text/event-stream"),), chunks)
    return Exchange(id="bench", request=request, response=response, dialect="openai-chat")


def with_all_rules(pieces: Pieces) -> int:
    """Decode and judge; the number of events."""
    reading = Reading(judged(pieces), SPEAKS)
    judge_reading(reading, RULES)
    return len(reading.events)


def main() -> int:
    slow = 0
    print(f"{'events per second':58} {'all rules':>10} {'openai SDK':>11} {'speed':>8}")
    for title, frames in {"2,000-event text": openai_text(), "500-delta tool": openai_tool()}.items():
        mine, theirs = _speeds((with_all_rules, openai_sdk()), frames)
        slow += mine < WANTED * theirs
        print(f"{f'openai-chat {title}, decoded and judged':58} {mine:10,.0f} {theirs:11,.0f} {mine / theirs:7.1f}x")
    return 1 if slow else 0


def _speeds(contenders: Sequence[Decode], frames: Pieces) -> list[float]:
    taken: list[list[float]] = [[] for _ in contenders]
    for _ in range(ROUNDS):
        for contender, times in zip(contenders, taken, strict=True):
            began = process_time()
            contender(frames)
            times.append(process_time() - began)
    return [len(frames) / max(median(times), 1e-9) for times in taken]


if __name__ == "__main__":
    sys.exit(main())
