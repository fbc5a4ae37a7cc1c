"""The way in for clients that we cannot hand a transport: vcrpy's `custom_patches`, in place of its buffering stub.

Rule of the file: vcrpy installs and removes; what is installed acts as a method of the transport and asks the engine.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeAlias

from conformance.tape.engine import aexchange, exchange
from conformance.tape.vcrdeck import VcrDeck

Patch: TypeAlias = tuple[type[Any], str, Any]

LIBRARIES = ("httpx", "httpx2")


class _Method(type):
    """A class, so that vcrpy can bind `cassette` to it, which acts as a method once it stands in a transport."""

    cassette: Any
    via: Callable[..., Any]
    real: Callable[..., Any]

    def __get__(cls, transport: Any, owner: Any = None) -> Any:
        if transport is None:
            return cls
        return partial(cls.via, VcrDeck.of(cls.cassette), partial(cls.real, transport))


@cache
def patches() -> tuple[Patch, ...]:
    """(class, method, replacement) for the transports of httpx and httpx2, as far as they are installed."""
    found: list[Patch] = []
    for name in LIBRARIES:
        try:
            library = importlib.import_module(name)
        except ImportError:
            continue
        found.append(_patch(library.HTTPTransport, "handle_request", exchange))
        found.append(_patch(library.AsyncHTTPTransport, "handle_async_request", aexchange))
    return tuple(found)


def _patch(transport: type[Any], method: str, via: Callable[..., Any]) -> Patch:
    real = inspect.unwrap(getattr(transport, method))
    body = {"cassette": None, "via": staticmethod(via), "real": staticmethod(real)}
    return transport, method, _Method(f"{transport.__name__}.{method}", (), body)
