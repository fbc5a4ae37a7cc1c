"""Sending: what the desk gives, over HTTP: whole, or piece by piece with its pauses, to the end or cut off.

Rule of the file: what is given is sent as it is; nothing is mended on the way out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import anyio
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from conformance.exchange import Chunk
from conformance.virtual.desk import Given


def sent(given: Given) -> Response:
    """The response that says it."""
    headers = dict(given.headers)
    if given.pieces is None:
        return Response(given.body, given.status, headers)
    if given.end == "eof":
        return StreamingResponse(_paced(given.pieces), given.status, headers)
    return CutOff(_paced(given.pieces), given.status, headers)


class CutOff(StreamingResponse):
    """A body that never ends: the connection is closed after the last piece, as when a server dies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self.body_iterator:
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _paced(pieces: Iterable[Chunk]) -> AsyncIterator[bytes]:
    for gap, data in pieces:
        await anyio.sleep(gap)  # a pause of zero still lets the loop send what there is
        yield data
