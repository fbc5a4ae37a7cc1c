"""What arrives at a route: the request as it stood on the wire, captured.

Rule of the file: bytes and lines as they came; whoever answers reads the kit's own `Request`, never starlette's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request as Arrival
from starlette.responses import Response

from conformance.exchange import Request
from conformance.virtual.desk import Desk

Endpoint = Callable[[Arrival], Awaitable[Response]]


def target(arrival: Arrival) -> str:
    """Path and query."""
    return f"{arrival.url.path}?{arrival.url.query}"


async def kept(desk: Desk, arrival: Arrival, *, call: bool) -> Request:
    """The request, which the desk has captured; `call`: it asks a model."""
    lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in arrival.headers.raw)
    url = arrival.url.replace(path=arrival.scope["raw_path"].decode("latin-1"))  # `url` itself has it decoded
    request = Request(arrival.method, str(url), lines, await arrival.body())
    desk.captured.add(request, call=call)
    return request
