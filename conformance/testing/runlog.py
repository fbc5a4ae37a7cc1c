"""One log a run: JSON lines of what happened, and artefacts beside it, each with its hash.

Rule of the file: append and flush; a run that dies leaves everything that it had logged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from conformance.cases import Verdict
from conformance.errors import UsageError
from conformance.exchange import Exchange
from conformance.model import JSON, Event, name_of
from conformance.testing.summary import summarize

SCHEMA = "conformance/scenario-artefact/1"
"""The form of a scenario's artefact; another form gets another number."""


class RunLog:
    """`<folder>/run.jsonl`, one JSON object a line, and the artefacts of the run in the same folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, RunLog(Path(folder)) as log:
    ...     log.say("started", provider="openai")
    ...     path = log.artefact("notes/first.txt", b"seen")
    ...     len(log.path.read_text().splitlines())
    2
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "run.jsonl"
        self._file: IO[str] = self.path.open("a", encoding="utf-8")

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.say("failed", error=f"{type(error).__name__}: {error}")
        self._file.close()

    def say(self, what: str, **facts: JSON) -> None:
        """Log one line: the time, what happened, and its facts."""
        line = {"at": round(time.time(), 3), "what": what, **facts}
        self._file.write(json.dumps(line, ensure_ascii=False, default=repr) + "\n")
        self._file.flush()

    def artefact(self, name: str, data: bytes) -> Path:
        """Keep data as a file of the run, and log its name, size and hash."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or path == self.path.resolve():
            raise UsageError(f"an artefact cannot be named {name!r}", "name a file below the folder of the run")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.say("artefact", name=name, size=len(data), sha256=sha256(data).hexdigest())
        return path

    def scenario(self, exchange: Exchange, events: Sequence[Event]) -> Path:
        """Keep what one scenario showed: its events, timeline and summary, and hashes of what went over the wire."""
        timeline = [name_of(event) for event in events]
        told = {
            "schema": SCHEMA,
            "provider": exchange.provider,
            "scenario": exchange.scenario,
            "dialect": exchange.dialect,
            "source": exchange.source,
            "status": exchange.response.status,
            "timeline": timeline,
            "events": [msgspec.to_builtins(event) for event in events],
            "summary": msgspec.to_builtins(summarize(events)),
            "hashes": {
                "request": sha256(exchange.request.body).hexdigest(),
                "response": sha256(exchange.response.body).hexdigest(),
                "timeline": sha256("\n".join(timeline).encode()).hexdigest(),
            },
        }
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        return self.artefact(f"{exchange.provider}_{exchange.scenario}.json", text.encode())

    def verdict(self, verdict: Verdict) -> None:
        """Log a verdict, findings included. A listener like any report: `close` ends the log."""
        self.say("verdict", **msgspec.to_builtins(verdict))

    def close(self) -> int:
        """End the log."""
        self._file.close()
        return 0
