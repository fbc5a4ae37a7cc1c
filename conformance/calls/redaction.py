"""A line in the log when a call starts, with what the context says of it and without its secrets.

Rule of the file: what is logged was masked first, in the message and in the record's fields alike.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.concealing import redacted
from conformance.calls.context import CallContext

log = logging.getLogger("conformance.calls")


class Redaction:
    """Logs "Service call starting" at DEBUG, with the attributes of the context; secrets read `[REDACTED]`."""

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        _starting("call", request, ctx)
        return await called(next_call)

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        _starting("stream", request, ctx)
        async with opened(next_stream) as pieces:
            async for piece in pieces:
                yield piece


def _starting(operation: str, request: Any, ctx: CallContext) -> None:
    if not log.isEnabledFor(logging.DEBUG):
        return
    attrs = redacted(ctx.attrs)
    facts = {"call_id": str(ctx.call_id), "model": getattr(request, "model", None), "attrs": attrs}
    told = json.dumps(facts, default=_named, ensure_ascii=False)
    log.debug("Service %s starting: %s", operation, told, extra={"call": facts})


def _named(value: Any) -> Any:
    """What JSON has no form for: sets as lists, the rest by the name of its class, since a repr may tell secrets."""
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else f"<{type(value).__name__}>"
