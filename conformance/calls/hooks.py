"""Hooks: functions of others that are told of a call, and may change the pieces of a stream on their way.

Rule of the file: a hook that fails or takes too long is logged and passed over; it never breaks the call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import isawaitable, iscoroutinefunction
from typing import Any, TypeVar

from conformance.calls.context import CallContext

log = logging.getLogger("conformance.calls")

PATIENCE = 30.0
"""Seconds that a hook may take."""


class HookType(StrEnum):
    """When a hook is told."""

    PRE_CALL = "pre_call"
    POST_CALL = "post_call"
    CALL_ERROR = "call_error"
    PRE_STREAM = "pre_stream"
    STREAM_START = "stream_start"
    """The first piece is here."""
    STREAM_CHUNK = "stream_chunk"
    """A piece is here; stream hooks of this type may change it."""
    POST_STREAM = "post_stream"
    STREAM_ERROR = "stream_error"
    STREAM_CLOSED = "stream_closed"
    """The consumer left before the end."""


@dataclass(frozen=True)
class HookEvent:
    """What a hook is told."""

    type: HookType
    request: Any
    ctx: CallContext
    result: Any = None
    """After a call: what came of it."""
    error: BaseException | None = None

    def __repr__(self) -> str:  # an exchange that came of a call holds the key in its request
        return f"HookEvent({self.type.value}, call_id={self.ctx.call_id}, error={self.error!r})"


Hook = Callable[[HookEvent], Any]
"""Sync or async. A sync hook runs in a thread, so that it cannot hold up other calls."""
ChunkHook = Callable[[HookEvent, Any], Any]
"""Sync or async; returns the piece that goes on. A sync one runs in place: it must not block."""

_Any = TypeVar("_Any", bound=Callable[..., Any])


class HookRegistry:
    """Which hooks are told of what. Registration is in order; chunk hooks pass the piece from one to the next."""

    def __init__(self) -> None:
        self._hooks: dict[HookType, list[tuple[Hook, float]]] = {}
        self._chunks: list[tuple[ChunkHook, float]] = []

    def register(self, kind: HookType, hook: Hook, *, timeout: float = PATIENCE) -> None:
        """Tell `hook` of every event of that kind."""
        self._hooks.setdefault(HookType(kind), []).append((hook, timeout))

    def register_stream_hook(self, kind: HookType, hook: ChunkHook, *, timeout: float = PATIENCE) -> None:
        """Let `hook` change the pieces of streams. Raises `ValueError` for a kind that has no pieces."""
        if HookType(kind) is not HookType.STREAM_CHUNK:
            raise ValueError(f"a stream hook changes pieces: register it for stream_chunk, not {kind}")
        self._chunks.append((hook, timeout))

    def on(self, kind: HookType, *, timeout: float = PATIENCE) -> Callable[[_Any], _Any]:
        """`register` as a decorator."""

        def decorate(hook: _Any) -> _Any:
            self.register(kind, hook, timeout=timeout)
            return hook

        return decorate

    def on_chunk(self, *, timeout: float = PATIENCE) -> Callable[[_Any], _Any]:
        """`register_stream_hook` as a decorator."""

        def decorate(hook: _Any) -> _Any:
            self.register_stream_hook(HookType.STREAM_CHUNK, hook, timeout=timeout)
            return hook

        return decorate

    def clear(self) -> None:
        """Forget all hooks."""
        self._hooks.clear()
        self._chunks.clear()

    async def tell(self, event: HookEvent) -> None:
        """Run the hooks of an event, one after the other."""
        for hook, timeout in self._hooks.get(event.type, ()):
            await _run(hook, timeout, event)

    async def changed(self, event: HookEvent, piece: Any) -> Any:
        """The piece after all chunk hooks; one that fails leaves it as it was."""
        for hook, timeout in self._chunks:
            done, result = await _run(hook, timeout, event, piece)
            piece = result if done else piece
        return piece


REGISTRY = HookRegistry()
"""For hooks of the whole program: `Hooked()` uses it where it is given none."""


async def _run(hook: Callable[..., Any], timeout: float, *args: Any) -> tuple[bool, Any]:
    """Whether the hook came to its end, and what it returned."""
    from anyio import move_on_after, to_thread

    try:
        with move_on_after(timeout) as scope:
            if len(args) == 1 and not iscoroutinefunction(hook):
                result = await to_thread.run_sync(hook, *args, abandon_on_cancel=True)
            else:
                result = hook(*args)
            if isawaitable(result):
                result = await result
            return True, result
        if scope.cancelled_caught:
            log.warning("Hook %s of %s was given up after %g s", _name(hook), args[0].type, timeout)
    except Exception as fault:
        log.warning("Hook %s of %s failed: %s", _name(hook), args[0].type, type(fault).__name__)
    return False, None


def _name(hook: Callable[..., Any]) -> str:
    return getattr(hook, "__qualname__", type(hook).__name__)
