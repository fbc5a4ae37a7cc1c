"""A model for code that is not async: its calls run in a thread with an event loop.

Rule of the file: no behaviour of its own; a stream comes piece by piece here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from conformance.calls.asking import Asked
from conformance.calls.context import CallContext
from conformance.calls.synchronous import stepped
from conformance.model import Event, Reply

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

    from conformance.calls.facade import Model


class SyncModel:
    """What `Model.sync()` gives: use it with `with`. Any number of threads may call at once."""

    def __init__(self, model: Model) -> None:
        self.model, self._stack = model, ExitStack()
        self._portal: BlockingPortal

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.callback(self._portal.call, self.model.aclose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def invoke(
        self,
        asked: Asked,
        *,
        ctx: CallContext | None = None,
        capabilities: Collection[str] | None = None,
        **fields: Any,
    ) -> Reply:
        """See `Model.invoke`."""
        return self._portal.call(partial(self.model.invoke, asked, ctx=ctx, capabilities=capabilities, **fields))

    def stream(
        self,
        asked: Asked,
        *,
        ctx: CallContext | None = None,
        capabilities: Collection[str] | None = None,
        **fields: Any,
    ) -> Iterator[Event]:
        """See `Model.stream`."""
        return stepped(self._portal, self.model.stream(asked, ctx=ctx, capabilities=capabilities, **fields))
