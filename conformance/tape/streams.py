"""The body of an answer as it flows: taped while it passes, or played from a tape.

Rule of the file: a chunk is handed on the moment it comes. One set of classes for each httpx-like library, since the
types of httpx and httpx2 do not mix.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Literal

from conformance.exchange import Broken, Chunk, End
from conformance.tape.form import Provenance


class Reel(list[Chunk]):
    """Chunks as they arrive, and how the body ended. Live while recording, hence never copied."""

    end: End | Literal["open"] = "open"
    provenance: Provenance | None = None
    """Carried here, because vcrpy hands on nothing else between loading and saving."""
    secrets: frozenset[str] = frozenset()
    """Credentials that the request carried: whatever is saved must not hold them."""

    def __deepcopy__(self, memo: object) -> Reel:
        return self

    @property
    def body(self) -> bytes:
        return b"".join(chunk.data for chunk in self)

    @property
    def ended(self) -> End:
        """How it ended; a body that nobody read to its end counts as closed."""
        return "closed" if self.end == "open" else self.end


def reel_of(data: bytes | str | None) -> Reel:
    """A whole body as a reel of one chunk."""
    plain = data.encode() if isinstance(data, str) else data
    reel = Reel([Chunk(0.0, plain)] if plain else [])
    reel.end = "eof"
    return reel


def failure(library: ModuleType, end: End) -> Exception | None:
    """The exception that a broken body ends with, of the class that it had when it was recorded."""
    if not isinstance(end, Broken):
        return None
    found = getattr(library, end.error, None)
    known = isinstance(found, type) and issubclass(found, library.TransportError)
    made: Exception = (found if known else library.TransportError)(end.message)  # type: ignore[misc]
    return made


class _Taping:
    """What both directions of taping share: the clock, the reel and the inner stream."""

    def __init__(self, inner: Any, reel: Reel) -> None:
        self.inner, self.reel, self.last = inner, reel, time.perf_counter()

    def note(self, data: bytes) -> bytes:
        now = time.perf_counter()
        self.reel.append(Chunk(round(now - self.last, 3), bytes(data)))  # the form keeps whole milliseconds
        self.last = now
        return data

    def finish(self, end: End) -> None:
        if self.reel.end == "open" or isinstance(end, Broken):
            self.reel.end = end


@cache
def replay_class(library: ModuleType) -> type[Any]:
    """The stream that plays chunks, for sync and async clients of that library."""

    class Replay(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, chunks: Sequence[Chunk], end: End, pace: float) -> None:
            self.chunks, self.end, self.pace = chunks, end, pace

        def __iter__(self) -> Iterator[bytes]:
            for gap, data in self.chunks:
                if self.pace:
                    time.sleep(gap * self.pace)
                yield data
            if error := failure(library, self.end):
                raise error

        async def __aiter__(self) -> AsyncIterator[bytes]:
            from anyio import sleep

            for gap, data in self.chunks:
                await sleep(gap * self.pace)  # pace 0 is still a checkpoint, as reading a socket is
                yield data
            if error := failure(library, self.end):
                raise error

    return Replay


@cache
def tee_class(library: ModuleType) -> type[Any]:
    """The stream that hands on a live body and tapes it, for sync clients."""

    class Tee(_Taping, library.SyncByteStream):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Iterator[bytes]:
            try:
                for data in self.inner:
                    yield self.note(data)
                self.finish("eof")
            except library.TransportError as error:
                self.finish(Broken(type(error).__name__, str(error)))
                raise

        def close(self) -> None:
            self.finish("closed")
            self.inner.close()

    return Tee


@cache
def async_tee_class(library: ModuleType) -> type[Any]:
    """The stream that hands on a live body and tapes it, for async clients."""

    class AsyncTee(_Taping, library.AsyncByteStream):  # type: ignore[misc, name-defined]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for data in self.inner:
                    yield self.note(data)
                self.finish("eof")
            except library.TransportError as error:
                self.finish(Broken(type(error).__name__, str(error)))
                raise

        async def aclose(self) -> None:
            self.finish("closed")
            await self.inner.aclose()

    return AsyncTee
