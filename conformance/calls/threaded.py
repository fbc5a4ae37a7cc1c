"""A sync transport for an async client: it works in threads, piece by piece.

Rule of the file: nothing is buffered, and who gives up waiting does not wait for the thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx


class Threaded(httpx.AsyncBaseTransport):
    """Makes an async transport of `inner`; one that is both already is used as it is."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        from anyio import to_thread

        if isinstance(self._inner, httpx.AsyncBaseTransport):
            return await self._inner.handle_async_request(request)
        answer = await to_thread.run_sync(self._inner.handle_request, request, abandon_on_cancel=True)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=_Pieces(answer.stream))

    async def aclose(self) -> None:
        from anyio import to_thread

        await to_thread.run_sync(self._inner.close)


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        from anyio import to_thread

        pieces = iter(self._stream)
        while (piece := await to_thread.run_sync(next, pieces, None, abandon_on_cancel=True)) is not None:
            yield piece

    async def aclose(self) -> None:
        from anyio import to_thread

        await to_thread.run_sync(self._stream.close)
