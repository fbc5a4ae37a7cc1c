"""A server that says when it speaks: answers are streams of openai-chat whose first chunk is the time of its sending.

Rule of the file: nothing but the standard library, and as little work as can be: what is measured is the client.
Run it as `python -m benchmarks.pacing`; it prints its port and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
WORDS = "a few words "


class Rounds:
    """The streams of a round begin when all of it are here, `spread` seconds apart from the first to the last."""

    def __init__(self) -> None:
        self.here: dict[str, int] = defaultdict(int)
        self.full: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.open = 0

    async def turn(self, plan: dict[str, Any]) -> None:
        name, number = plan["round"], self.here[plan["round"]]
        self.here[name] += 1
        if self.here[name] == plan["streams"]:
            self.full[name].set()
        await self.full[name].wait()
        await asyncio.sleep(number * plan["spread"] / plan["streams"])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    await self._answer(await _request(reader), writer)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, sent: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if not sent:  # how many connections are open, but for this one
            told = str(self.open - 1).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(told), told))
            return
        plan = sent["pacing"]
        writer.write(HEAD)
        await self.turn(plan)
        writer.write(_chunk({"role": "assistant", "content": f"{time.monotonic()!r} "}))
        for _ in range(plan["chunks"] - 1):
            await writer.drain()
            await asyncio.sleep(plan["gap"])
            writer.write(_chunk({"content": WORDS}))
        writer.write(_chunk({}, "stop") + _piece(b"data: [DONE]\n\n") + _piece(b""))
        await writer.drain()


async def _request(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    sizes = [int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"content-length")]
    body = await reader.readexactly(sizes[0] if sizes else 0)
    found: dict[str, Any] = json.loads(body) if body else {}
    return found


def _chunk(delta: dict[str, str], stop: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": stop}
    said = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return _piece(b"data: %b\n\n" % json.dumps(said).encode())


def _piece(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@contextmanager
def pacing() -> Iterator[int]:
    """Run this server as a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.pacing"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": Path(__file__).parent.parent}
    with subprocess.Popen(command, text=True, **pipes) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


async def main() -> None:
    server = await asyncio.start_server(Rounds().serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
