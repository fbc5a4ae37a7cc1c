"""What a replay costs: one cassette beside httpx's MockTransport, and a suite of replays beside an empty one.

Rule of the file: CPU time, the contenders in turn within a round, the median of the rounds. Run it as
`python -m benchmarks.replay`; `--quick` takes fewer rounds.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import httpx

import conformance
from conformance.calls import CallOptions, stream
from conformance.model import ChatRequest, Message, Text
from conformance.tape import open_tape

EVENTS = 300
REPLAYS = 100
Contender: TypeAlias = Callable[[], int]
ADAPTER = conformance.adapter("openai")
REQUEST = ChatRequest(model=ADAPTER.model, messages=(Message("user", (Text("Count."),)),), stream=True)
OPTIONS = CallOptions(api_key="benchmark-key-0")


def frames() -> list[bytes]:
    """One answer of 300 events, as a vendor cuts it: a frame a chunk."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": ADAPTER.model}
    words = [{"content": f"word {number}, "} for number in range(EVENTS - 3)]
    deltas: list[object] = [{"role": "assistant", "content": ""}, *words]
    out = [{**head, "choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas]
    out.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 5, "completion_tokens": EVENTS, "total_tokens": EVENTS + 5}
    out.append({**head, "choices": [], "usage": usage})
    return [b"data: %s\n\n" % json.dumps(one).encode() for one in out] + [b"data: [DONE]\n\n"]


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces


def mock(pieces: list[bytes]) -> httpx.MockTransport:
    headers = {"content-type": "text/event-stream"}
    return httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, stream=_Pieces(pieces)))


def record(path: Path, pieces: list[bytes]) -> None:
    with open_tape(path, mode="record", inner=mock(pieces)) as tape, httpx.Client(transport=tape.transport()) as client:
        assert events(client) > EVENTS - 3


def events(client: httpx.Client) -> int:
    return sum(1 for _ in stream(ADAPTER, REQUEST, OPTIONS, client))


def one_cassette(rounds: int) -> dict[str, float]:
    """Microseconds of one call through the adapter, by contender."""
    pieces = frames()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replay.json"
        record(path, pieces)

        def mocked() -> int:
            with httpx.Client(transport=mock(pieces)) as client:
                return events(client)

        def replayed() -> int:
            with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
                return events(client)

        return _race({"MockTransport": mocked, "open_tape": replayed}, rounds)


def _race(contenders: dict[str, Contender], rounds: int) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            start = time.process_time()
            for _ in range(20):
                contender()
            spent[name].append((time.process_time() - start) / 20 * 1e6)
    return {name: statistics.median(times) for name, times in spent.items()}


_SUITE = """
import httpx, pytest
from benchmarks.replay import ADAPTER, OPTIONS, REQUEST
from conformance.calls import stream
from conformance.tape import open_tape

@pytest.mark.parametrize("number", range({replays}))
def test_replay(number):
    with open_tape({path!r}) as tape, httpx.Client(transport=tape.transport()) as client:
        assert len(list(stream(ADAPTER, REQUEST, OPTIONS, client))) > {least}
"""
_SHELF = """
import httpx, pytest
import conformance
from conformance.calls import CallOptions, stream
from conformance.scenarios import for_model, scenario
from conformance.tape import cassette_path, open_tape

ADAPTER = conformance.adapter("openai")
NAMES = ("simple_text", "unicode_text", "tool_call_single", "tool_result", "error_auth_401")

@pytest.mark.parametrize("number", range({replays}))
def test_replay(number):
    name = NAMES[number % len(NAMES)]
    asked = for_model(scenario(name), ADAPTER.model)
    path = cassette_path(ADAPTER.name, name)
    with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
        assert list(stream(ADAPTER, asked, CallOptions(api_key="benchmark-key-0"), client))
"""
_EMPTY = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    pass
"""


def suite(rounds: int) -> dict[str, float]:
    """CPU milliseconds of a whole pytest run, by suite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record(folder / "replay.json", frames())
        filled = _SUITE.format(replays=REPLAYS, path=str(folder / "replay.json"), least=EVENTS - 3)
        texts = {"one empty test": _EMPTY.format(tests=1), f"{REPLAYS} empty tests": _EMPTY.format(tests=REPLAYS)}
        texts[f"{REPLAYS} of {EVENTS} events"] = filled
        texts[f"{REPLAYS} of the shelf"] = _SHELF.format(replays=REPLAYS)
        spent: dict[str, list[float]] = {one: [] for one in texts}
        for number, text in enumerate(texts.values()):
            (folder / f"test_{number}.py").write_text(text)
        for _ in range(rounds + 1):
            for number, one in enumerate(texts):
                spent[one].append(_pytest(folder / f"test_{number}.py"))
    return {one: statistics.median(times[1:]) for one, times in spent.items()}  # the first round compiles


def _pytest(test: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # hypothesis is ours to develop with; its plugin alone costs more than everything measured here
    without = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    command = [sys.executable, "-m", "pytest", "-q", *without, "--rootdir", str(test.parent), str(test)]
    # compiled once, as everywhere but where PYTHONDONTWRITEBYTECODE is set
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told["PYTHONPYCACHEPREFIX"] = str(test.parent / "compiled")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def _report(title: str, unit: str, found: dict[str, float], limit: float) -> bool:
    """Print a race; say whether the last contender keeps within `limit` times the first."""
    first, last = next(iter(found.values())), list(found.values())[-1]
    print(f"{title} (promised: at most x {limit})")
    for name, value in found.items():
        print(f"  {name:<20}{value:9.0f} {unit}   x {value / first:.2f}")
    return last <= first * limit


def main() -> int:
    rounds = 5 if "--quick" in sys.argv else 25
    kept = [_report(f"one answer of {EVENTS} events through the adapter", "µs", one_cassette(rounds), 1.5)]
    kept.append(_report("a pytest run", "ms", suite(max(3, rounds // 5)), 1.5))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
