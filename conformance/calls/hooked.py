"""The middleware that tells hooks of a call.

Rule of the file: pieces go on one by one, changed or not; nothing is held back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext
from conformance.calls.hooks import REGISTRY, HookEvent, HookRegistry, HookType


class Hooked:
    """Tells the hooks of a registry (default: the program's own) what happens to each call."""

    def __init__(self, registry: HookRegistry | None = None) -> None:
        self._hooks = REGISTRY if registry is None else registry

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        event = partial(HookEvent, request=request, ctx=ctx)
        await self._hooks.tell(event(HookType.PRE_CALL))
        try:
            result = await called(next_call)
        except Exception as fault:
            await self._hooks.tell(event(HookType.CALL_ERROR, error=fault))
            raise
        await self._hooks.tell(event(HookType.POST_CALL, result=result))
        return result

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        event = partial(HookEvent, request=request, ctx=ctx)
        hooks, started = self._hooks, False
        await hooks.tell(event(HookType.PRE_STREAM))
        try:
            async with opened(next_stream) as pieces:
                async for piece in pieces:
                    if not started:
                        started = True
                        await hooks.tell(event(HookType.STREAM_START))
                    told = event(HookType.STREAM_CHUNK, result=piece)
                    await hooks.tell(told)
                    yield await hooks.changed(told, piece)
        except GeneratorExit:
            await hooks.tell(event(HookType.STREAM_CLOSED))
            raise
        except Exception as fault:
            await hooks.tell(event(HookType.STREAM_ERROR, error=fault))
            raise
        await hooks.tell(event(HookType.POST_STREAM))
