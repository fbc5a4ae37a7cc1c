"""Decoding speed: ours beside the floor and the vendors' SDKs, the same bytes, in one run.

Run it as `python -m benchmarks.decode`. Rounds are interleaved and the median counts: ratios can be trusted on a busy
machine, absolute numbers cannot. CPU time, not wall time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import process_time

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.contenders import Decode, Pieces, anthropic_sdk, boto3_sdk, floor, openai_sdk, ours
from benchmarks.streams import anthropic_text, anthropic_tool, bedrock_text, bedrock_tool, openai_text, openai_tool

ROUNDS = 15
FLOOR_TARGET = 2.0
"""Ours may cost at most this many times the floor."""


def main() -> int:
    sdk = {"openai-chat": openai_sdk(), "anthropic-messages": anthropic_sdk(), "bedrock-converse": boto3_sdk()}
    wanted = {"openai-chat": 20.0, "anthropic-messages": 5.0, "bedrock-converse": 10.0}
    streams = {
        ("openai-chat", "2,000-event text"): openai_text(),
        ("openai-chat", "500-delta tool"): openai_tool(),
        ("anthropic-messages", "2,000-event text"): anthropic_text(),
        ("anthropic-messages", "500-delta tool"): anthropic_tool(),
        ("bedrock-converse", "2,000-event text"): bedrock_text(),
        ("bedrock-converse", "500-delta tool"): bedrock_tool(),
    }
    print(f"{'events per second':58} {'floor':>9} {'ours':>9} {'SDK':>9} {'cost':>10} {'speed':>10}")
    missed = 0
    for (name, title), frames in streams.items():
        for cut, pieces in (("1 event a piece", frames), ("16 KiB pieces", _recut(frames, 1 << 14))):
            best, mine, theirs = _race([floor(name), ours(name), sdk[name]], pieces, len(frames))
            cost, times = best / mine, mine / theirs
            met = cost <= FLOOR_TARGET and times >= wanted[name]
            missed += not met
            label = f"{name} {title}, {cut}"
            row = f"{label:58} {best:9,.0f} {mine:9,.0f} {theirs:9,.0f} {cost:9.2f}x {times:9.1f}x"
            print(row + ("" if met else f"  <- wanted {FLOOR_TARGET}x, {wanted[name]:.0f}x"))
    return 1 if missed else 0


def _race(contenders: list[Decode], pieces: Pieces, events: int) -> list[float]:
    """Events per second of each contender: the median of interleaved rounds."""
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(ROUNDS):
        for contender, taken in zip(contenders, times, strict=True):
            began = process_time()
            found = contender(pieces)
            taken.append(process_time() - began)
            if found < events - 2:
                raise RuntimeError(f"a contender made {found} things of {events} events")
    return [events / max(median(taken), 1e-9) for taken in times]


def _recut(frames: Pieces, size: int) -> Pieces:
    body = b"".join(frames)
    return [body[at : at + size] for at in range(0, len(body), size)]


if __name__ == "__main__":
    sys.exit(main())
