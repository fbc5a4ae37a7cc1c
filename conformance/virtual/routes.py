"""The routes: every dialect's own path, the lists of models, token counts, health.

Rule of the file: HTTP in, HTTP out. A dialect is served where its vendor serves it, from the origin on.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace as replaced

from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as Arrival
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.adapters import Adapter, adapter, adapter_names, deviations_of, find_adapter
from conformance.dialects import Dialect, Refusal, dialect, dialect_names
from conformance.dialects.manners import Counting
from conformance.exchange import header_of
from conformance.model import ChatRequest, error
from conformance.virtual import listing
from conformance.virtual.arriving import Endpoint, kept, target
from conformance.virtual.desk import Desk, Given, failed, no_such_route
from conformance.virtual.doorkeeper import admit
from conformance.virtual.hearing import count
from conformance.virtual.issuing import Counter, counters, good_key
from conformance.virtual.model_routes import model, models
from conformance.virtual.sending import sent as _sent

AS = "/as"
"""Below it stand the adapters by name: `/as/deepseek` answers as deepseek is known to."""


def application(desk: Desk) -> Starlette:
    """All routes over one desk."""
    speakers = [dialect(name) for name in dialect_names()]
    calls = [Route(path, _call(desk, one), methods=["POST"]) for one in speakers for path in _paths(one)]
    counts = [
        Route(way.path, _count(desk, one, way), methods=["POST"]) for one in speakers for way in one.manners.counting
    ]
    lists = tuple(listing.listings())
    others = [
        Route("/v1/responses", _no_socket(desk), methods=["GET"]),
        *(Route(one.path, models(desk), methods=["GET"]) for one in lists),
        *(Route(f"{one.path}/{{name:path}}", model(desk), methods=["GET"]) for one in lists if one.single),
        Route("/health", _health(desk), methods=["GET"]),
        Route("/", _health(desk), methods=["GET"]),  # GET brings HEAD: agents knock before they call
    ]
    others += [
        Route(one.path, _issue(desk, one, settings), methods=[one.issuer.method]) for one, settings in counters()
    ]
    own = [
        Route(path, _speak_as(desk, name), methods=["POST"])
        for name in adapter_names()
        for path in getattr(adapter(name), "routes", ())
    ]
    as_others = Route(f"{AS}/{{name}}/{{rest:path}}", _speak_as(desk), methods=["POST"])
    routes = [*calls, *counts, *own, *others, as_others]
    return Starlette(routes=routes, exception_handlers={HTTPException: _astray(desk)})


def prefix_of(name: str) -> str:
    """What stands between the origin and a dialect's path: its name too, where another dialect has the same path."""
    language = dialect(name)
    return f"/{name}{language.prefix}" if language.hosts else language.prefix


def path_of(name: str) -> str:
    """The path of calls in a dialect."""
    return prefix_of(name) + dialect(name).path(ChatRequest(model="", messages=()))


def _paths(language: Dialect) -> tuple[str, ...]:
    """Where a dialect is served: at its one path, or wherever the model and more stand in it."""
    return tuple(language.prefix + route for route in language.routes) or (path_of(language.name),)


def _call(desk: Desk, language: Dialect) -> Endpoint:
    async def call(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=True)
        return _sent(desk.answer(language, request))

    return call


def _speak_as(desk: Desk, whose: str | None = None) -> Endpoint:
    """Answer as an adapter does: as that of a name, else as the one that the path names."""

    async def speak_as(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=True)
        one = find_adapter(whose or arrival.path_params["name"])
        if one and one.dialect.claims(request.method, request.url, request.headers, request.json()):
            bends = [known.bend for known in deviations_of(one)]
            return _sent(desk.answer(_spoken_by(one), request, bends, good_key(one, desk.key)))
        speaks = one.dialect.name if one else listing.speaker(request.headers, target(arrival))
        return _sent(no_such_route(speaks, request.method, arrival.url.path, 404))

    return speak_as


def _spoken_by(one: Adapter) -> Dialect:
    """An adapter's dialect, whose vendor also looks for the key where this adapter puts it."""
    ways = one.dialect.manners
    if one.key_header in ways.key_headers or one.key_header.startswith("query:"):
        return one.dialect
    return replaced(one.dialect, manners=ways._replace(key_headers=(one.key_header, *ways.key_headers)))


def _issue(desk: Desk, counter: Counter, settings: dict[str, str]) -> Endpoint:
    async def issue(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=False)
        return _sent(Given(*counter.answer(request, settings, desk.key)))

    return issue


def _count(desk: Desk, language: Dialect, way: Counting) -> Endpoint:
    async def count_tokens(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=False)
        body = request.json()
        whole = request.body if body is None else json.dumps(way.call(body)).encode()
        try:
            asked = admit(language, replace(request, body=whole), desk.key).request
        except Refusal as refusal:
            return _sent(failed(language, refusal.error, desk.bends))
        return JSONResponse(way.said(count(asked)))

    return count_tokens


def _no_socket(desk: Desk) -> Endpoint:
    """Agents first try a WebSocket here: 426 sends them to POST at once, all else makes them try again and again."""

    async def no_socket(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=False)
        if (header_of(request.headers, "upgrade") or "").lower() != "websocket":
            return _allowing(_sent(no_such_route("openai-chat", "GET", arrival.url.path, 405)), "POST")
        fault = error("invalid_request", "no WebSocket is spoken here: send a POST", status=426)
        return _sent(failed(dialect("openai-responses"), fault))

    return no_socket


def _health(desk: Desk) -> Endpoint:
    async def health(arrival: Arrival) -> Response:
        await kept(desk, arrival, call=False)
        return JSONResponse({"status": "ok"})

    return health


def _astray(desk: Desk) -> Callable[[Arrival, Exception], Awaitable[Response]]:
    async def astray(arrival: Arrival, fault: Exception) -> Response:
        request = await kept(desk, arrival, call=False)
        status = fault.status_code if isinstance(fault, HTTPException) else 500
        speaks = listing.speaker(request.headers, target(arrival))
        allowed = (fault.headers or {}).get("Allow") if isinstance(fault, HTTPException) else None
        return _allowing(_sent(no_such_route(speaks, request.method, arrival.url.path, status, desk.bends)), allowed)

    return astray


def _allowing(response: Response, methods: str | None) -> Response:
    """A 405 names the methods that the path takes (RFC 9110 section 15.5.6)."""
    if methods:
        response.headers["Allow"] = methods
    return response
