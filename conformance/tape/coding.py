"""Undo a body's content-encoding, chunk by chunk, so that timing and cuts survive.

Rule of the file: never raises for bad data; what cannot be undone stays as it came.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from conformance.exchange import Chunk, Headers, Response

Undo: TypeAlias = Callable[[bytes], bytes]


def _deflate() -> Undo:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress  # 32: gzip or zlib, as the data says


def _brotli() -> Undo:
    for name in ("brotli", "brotlicffi"):
        try:
            library: Any = importlib.import_module(name)
        except ImportError:
            continue
        one = library.Decompressor()
        found: Undo = getattr(one, "process", None) or one.decompress
        return found
    raise LookupError("brotli")


def _zstd() -> Undo:
    library: Any = importlib.import_module("zstandard")
    found: Undo = library.ZstdDecompressor().decompressobj().decompress
    return found


_CODINGS: Mapping[str, Callable[[], Undo]] = {
    "gzip": _deflate,
    "x-gzip": _deflate,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


def undone(coding: str, pieces: list[bytes]) -> list[bytes] | None:
    """The pieces in plain; None when that coding cannot be undone here, or the data is not in it."""
    for name in reversed([part.strip().lower() for part in coding.split(",") if part.strip()]):
        if name == "identity":
            continue
        try:
            undo = _CODINGS[name]()
            pieces = [undo(piece) for piece in pieces]
        except (LookupError, ImportError):
            return None
        except Exception:  # each library has errors of its own; all mean: not in this coding
            return None
    return pieces


def decoded(response: Response) -> Response:
    """The response with a plain body, and without the header lines that spoke of the coded one."""
    coding = response.header("content-encoding")
    if not coding:
        return response
    plain = undone(coding, [chunk.data for chunk in response.chunks])
    if plain is None:
        return response
    chunks = tuple(Chunk(old.gap, data) for old, data in zip(response.chunks, plain, strict=True))
    return Response(response.status, without_coding(response.headers), chunks, response.end)


def without_coding(headers: Headers) -> Headers:
    """Header lines less those that a plain body makes untrue."""
    return tuple(line for line in headers if line[0].lower() not in ("content-encoding", "content-length"))
