"""500 streams at once through the call layer: how late a first chunk is seen, what a stream costs, what stays behind.

Run it as `python -m benchmarks.concurrent_streams`. The server is another process on this machine, with the same
monotonic clock, and writes into each first chunk when it sent it. One `Model` with its whole chain makes all calls, in
one event loop. Wall time, so what else the machine does counts too.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import tracemalloc
import urllib.request
from contextlib import aclosing
from itertools import count
from math import inf
from pathlib import Path
from statistics import median, quantiles
from typing import Any

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.pacing import pacing
from conformance.calls import Model
from conformance.model import TextDelta

STREAMS = 500
QUIET = 3
"""Rounds, of which the quietest counts."""
CHUNKS = 10
WANTED_MS = 50.0
"""Median delay of a first chunk."""
WANTED_GROWTH = 1.25
"""Memory of streams of 100 chunks, by that of streams of 10."""
ROUNDS = count()


class Run:
    """One model and the streams that are made with it."""

    def __init__(self, model: Model, streams: int, **plan: Any) -> None:
        self.model, self.streams = model, streams
        self.plan = {
            "chunks": CHUNKS,
            "gap": 0.2,
            "spread": 2.0,
            "round": str(next(ROUNDS)),
            "streams": streams,
            **plan,
        }
        self.pieces = 0
        self.busy: list[float] = []
        """The CPU time of this process at each first event."""

    async def delays(self, leaving: bool = False) -> list[float]:
        """Milliseconds from sending to first event, of each stream; `leaving`: nobody waits for more than that."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(leaving)) for _ in range(self.streams)]
        return [task.result() for task in tasks]

    async def _one(self, leaving: bool) -> float:
        first, text = 0.0, ""
        async with aclosing(self.model.stream("Hello", pacing=self.plan)) as events:  # type: ignore[type-var]
            async for event in events:
                if not first:
                    first = time.monotonic()
                    self.busy.append(time.process_time())
                if isinstance(event, TextDelta):
                    self.pieces += 1
                    text = text or event.text
                    if leaving:
                        break
        return 1000 * (first - float(text))


async def late(model: Model) -> bool:
    """First chunks that come one after the other while all streams are open, and all in one moment."""
    titles = {2.0: "within 2 s", 0.0: "in one moment"}
    best = {spread: (inf, inf) for spread in titles}
    whole = True
    for spread in [*titles] * QUIET:
        run = Run(model, STREAMS, spread=spread)
        began, busy = time.monotonic(), time.process_time()
        found = await run.delays()
        spent, took = time.process_time() - busy, time.monotonic() - began
        best[spread] = min(best[spread], (median(found), quantiles(found, n=20)[-1]))
        whole = whole and run.pieces == STREAMS * CHUNKS
        each = 1000 * (max(run.busy) - min(run.busy)) / STREAMS
        told = f"median {median(found):6.1f} ms; of CPU {1000 * spent / STREAMS:.1f} ms a stream"
        told += f", {each:.2f} ms a first event" if not spread else f", {spent:.1f} s in {took:.1f} s"
        print(f"  {STREAMS} streams, first chunks {titles[spread]}: {told}")
    for spread, (middle, high) in best.items():
        print(f"first event after a first chunk, {titles[spread]}: median {middle:.1f} ms, p95 {high:.1f} ms")
    print(f"every piece an event of its own: {'yes' if whole else 'NO'}")
    return whole and best[2.0][0] <= WANTED_MS


async def heavy(model: Model, streams: int = 50) -> bool:
    """The highest memory of a round, by how long its streams are."""
    peaks = []
    for chunks in (CHUNKS, CHUNKS, 10 * CHUNKS):  # the first round fills caches
        gc.collect()
        tracemalloc.start()
        await Run(model, streams, chunks=chunks, gap=0.05, spread=0.05).delays()
        peaks.append(tracemalloc.get_traced_memory()[1] / streams / 1024)
        tracemalloc.stop()
    _, short, long = peaks
    print(
        f"memory at its highest, a stream: {short:.1f} KiB of {CHUNKS} chunks, {long:.1f} KiB of {10 * CHUNKS} chunks"
    )
    return long <= WANTED_GROWTH * short


async def measured(port: int) -> bool:
    url = f"http://127.0.0.1:{port}"
    async with Model("bench", base_url=url, dialect="openai-chat", api_key="") as model:
        kept = await late(model)
        kept = await heavy(model) and kept
        await Run(model, STREAMS, chunks=1000).delays(leaving=True)
    await asyncio.sleep(0.5)  # for the server to notice
    tasks = len(asyncio.all_tasks()) - 1
    opened = int(await asyncio.to_thread(lambda: urllib.request.urlopen(url).read()))
    print(
        f"left behind: {tasks} tasks, {opened} connections, after {STREAMS} streams that were left at their first event"
    )
    return kept and not tasks and not opened


def main() -> int:
    with pacing() as port:
        kept = asyncio.run(measured(port))
    print(
        "as promised" if kept else f"NOT as promised: median <= {WANTED_MS} ms, memory <= {WANTED_GROWTH} times, 0 left"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
