"""Long streams through the call layer: what a stream costs in memory after 500, 1000 and 2000 events.

Run it as `python -m benchmarks.long_streams`. As bytes (`Line.pieces`) a stream keeps nothing, however long it goes on;
as events (`Model.stream`) it keeps what has been said, for the reply at its end, and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tracemalloc
from contextlib import aclosing
from itertools import count
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.pacing import pacing
from conformance.calls import CallOptions, Line, Model, Outgoing
from conformance.calls.detection import generic

ROUNDS = count()
STREAMS = 2
GAP = 0.004
"""Seconds between frames: enough for each to be read on its own, or read buffers are what is measured."""
EVENTS = (500, 1000, 2000)
WANTED_GROWTH = 1.05
"""Memory of streams of 2000 pieces, by that of streams of 500."""
WANTED_BYTES = 96
"""Bytes that an event may leave behind: its text of 12 characters as a string of Python, and its place in a list."""


def plan(events: int, name: str) -> dict[str, Any]:
    return {"chunks": events, "gap": GAP, "spread": 0.0, "round": f"{name}-{events}-{next(ROUNDS)}", "streams": 1}


async def as_events(model: Model, events: int, name: str) -> int:
    seen = 0
    async with aclosing(model.stream("Hello", pacing=plan(events, name))) as stream:  # type: ignore[type-var]
        async for _ in stream:
            seen += 1
    return seen


async def as_bytes(line: Line, events: int, name: str) -> int:
    url, body = f"{line.options.base_url}/chat/completions", json.dumps({"pacing": plan(events, name)}).encode()
    seen = 0
    async with aclosing(line.pieces(Outgoing("POST", url, content=body))) as pieces:  # type: ignore[type-var]
        async for _ in pieces:
            seen += 1
    return seen


async def peaks(read: Any, way: Any) -> list[float]:
    """The highest memory of a round in bytes a stream, by its events; a round before fills caches."""
    found: list[float] = []
    for events in (EVENTS[0], *EVENTS):
        gc.collect()
        tracemalloc.start()
        began = tracemalloc.get_traced_memory()[0]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read(way, events, f"{len(found)}-{number}")) for number in range(STREAMS)]
        assert all(task.result() >= events / 2 for task in tasks)  # pieces of the network may hold two frames
        found.append((tracemalloc.get_traced_memory()[1] - began) / STREAMS)
        tracemalloc.stop()
    return found[1:]


async def measured(port: int) -> bool:
    url = f"http://127.0.0.1:{port}"
    async with Line(generic(url, "bench"), CallOptions("", url)) as line:
        raw = await peaks(as_bytes, line)
    async with Model("bench", base_url=url, dialect="openai-chat", api_key="") as model:
        said = await peaks(as_events, model)
    each = (said[-1] - said[0]) / (EVENTS[-1] - EVENTS[0])
    for name, found in (("bytes", raw), ("events", said)):
        told = ", ".join(f"{one / 1024:.1f} KiB after {events}" for one, events in zip(found, EVENTS, strict=True))
        print(f"memory at its highest, a stream as {name}: {told}")
    print(f"an event of 12 characters leaves {each:.0f} bytes behind, for the reply at the end")
    return raw[-1] <= WANTED_GROWTH * raw[0] and each <= WANTED_BYTES


def main() -> int:
    with pacing() as port:
        kept = asyncio.run(measured(port))
    print("as promised" if kept else f"NOT as promised: {WANTED_GROWTH} times as bytes, {WANTED_BYTES} bytes an event")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
