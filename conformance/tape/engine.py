"""One exchange: look it up in a deck and play it, or let it go out and tape what comes back.

Rule of the file: the sync and the async function differ by their awaits. Both serve httpx and httpx2: the library is
told from the request's own type.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from conformance.exchange import Request, Response
from conformance.tape.decks import Deck
from conformance.tape.streams import async_tee_class, replay_class, tee_class


class Call(NamedTuple):
    """One request in flight: the library that sends it, and what it says."""

    library: ModuleType
    sent: Request


@cache
def library_of(module: str) -> ModuleType:
    """httpx or httpx2, by the module that a type comes from."""
    return importlib.import_module(module.partition(".")[0])


def exchange(deck: Deck, send: Callable[[Any], Any], request: Any) -> Any:
    """Answer a request from the deck, or send it and tape the answer."""
    call = _call(request, request.read())
    if (hit := _play(deck, call)) is not None:
        return hit
    _before_sending(deck, call, request)
    return _tape(deck, call, send(request), tee_class(call.library))


async def aexchange(deck: Deck, send: Callable[[Any], Awaitable[Any]], request: Any) -> Any:
    """The async twin of `exchange`."""
    call = _call(request, await request.aread())
    if (hit := _play(deck, call)) is not None:
        return hit
    _before_sending(deck, call, request)
    return _tape(deck, call, await send(request), async_tee_class(call.library))


def _call(request: Any, body: bytes) -> Call:
    sent = Request(request.method, str(request.url), tuple(request.headers.multi_items()), body)
    return Call(library_of(type(request).__module__), sent)


def _play(deck: Deck, call: Call) -> Any:
    found = deck.take(call.sent)
    return None if found is None else response_of(call.library, found, deck.pace)


def response_of(library: ModuleType, found: Response, pace: float = 0.0) -> Any:
    """A recorded answer as a response of that library."""
    stream = replay_class(library)(found.chunks, found.end, pace)
    return library.Response(found.status, headers=list(found.headers), stream=stream)


def _before_sending(deck: Deck, call: Call, request: Any) -> None:
    if miss := deck.refuse(call.sent):
        raise miss
    request.headers["accept-encoding"] = "identity"  # a plain body can be read, masked and compared


def _tape(deck: Deck, call: Call, response: Any, tee: type[Any]) -> Any:
    headers = tuple(response.headers.multi_items())
    reel = deck.keep(call.sent, response.status_code, response.reason_phrase, headers)
    # A new response: one that was made from a whole body has been read already, and would not read the tee.
    return call.library.Response(
        response.status_code, headers=headers, stream=tee(response.stream, reel), extensions=response.extensions
    )
