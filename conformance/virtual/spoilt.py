"""The virtual provider once more for every fault: below `/fault/<id>` stands all of it, with that one fault in it.

Rule of the file: a path prefix chooses the fault; what stands behind it never hears of the prefix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.faults import find_bent
from conformance.faults.fitting import where_it_fits
from conformance.virtual.desk import Desk

FAULT = "/fault"


class Spoilt:
    """An ASGI application around another: `/fault/<id>/v1/...` is `/v1/...` of a provider that has this fault."""

    def __init__(self, sound: ASGIApp, desk: Desk, build: Callable[[Desk], Starlette]) -> None:
        self._sound, self._desk, self._build = sound, desk, build
        self._spoilt: dict[str, Starlette] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if not path.startswith(f"{FAULT}/"):
            await self._sound(scope, receive, send)
            return
        id, _, rest = path.removeprefix(f"{FAULT}/").partition("/")
        found = find_bent(id)
        if found is None:
            told = f"there is no fault {id!r}: see `conformance list faults`\n"
            await PlainTextResponse(told, 404)(scope, receive, send)
            return
        if id not in self._spoilt:
            self._spoilt[id] = self._build(replace(self._desk, bends=(*self._desk.bends, where_it_fits(found.bend))))
        raw = b"/" + scope["raw_path"].split(b"/", 3)[3] if rest else b"/"
        await self._spoilt[id]({**scope, "path": f"/{rest}", "raw_path": raw}, receive, send)
