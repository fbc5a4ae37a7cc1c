"""Capability security: a call is made only when all that it needs was granted to who makes it.

Rule of the file: what is required never counts as granted, and a wildcard means something only on the granted side.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

from conformance.calls.chain import Next, called, opened
from conformance.calls.context import CallContext
from conformance.calls.failures import PolicyError

_SEPARATORS = (":", ".", "/")


class PolicyGate:
    """Refuses calls whose needs `ctx.capabilities` does not cover.

    Needed is what `requires` says, and what stands in `ctx.attrs["service_requires"]` and in the request's own
    `_extra_requires`. A context whose capabilities are None is not restricted; an empty set grants nothing.
    """

    def __init__(self, requires: Collection[str] = ()) -> None:
        self._requires = frozenset(requires)

    async def __call__(self, request: Any, ctx: CallContext, next_call: Next) -> Any:
        self.check(request, ctx)
        return await called(next_call)

    async def stream(self, request: Any, ctx: CallContext, next_stream: Next) -> AsyncIterator[Any]:
        self.check(request, ctx)
        async with opened(next_stream) as pieces:
            async for piece in pieces:
                yield piece

    def check(self, request: Any, ctx: CallContext) -> None:
        """Raise `PolicyError` that names every capability that is missing."""
        if ctx.capabilities is None:
            return
        needed = self._requires | _names(ctx.attrs.get("service_requires")) | _names(_extra(request))
        granted = ctx.capabilities
        if missing := sorted(one for one in needed if not covered(one, granted)):
            raise PolicyError(
                f"Insufficient capabilities: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not granted",
                f"granted: {', '.join(sorted(granted)) or 'nothing'}",
            )


def covered(required: str, granted: Collection[str]) -> bool:
    """Whether one of the granted capabilities is the required one or a wildcard over it.

    >>> covered("net.out:api.example.com", {"net.out:*"})
    True
    >>> covered("net.out:api.example.com", {"net.out:*.example.com"})
    True
    >>> covered("net.outer:api.example.com", {"net.out*"})
    False
    """
    return required in granted or any("*" in one and _matches(required, one) for one in granted)


def _matches(required: str, pattern: str) -> bool:
    """A star stands for one or more characters: alone, after a separator at the end, or for the front of a host."""
    if pattern == "*":
        return bool(required)
    head, _, tail = pattern.partition("*")
    if (head and not head.endswith(_SEPARATORS)) or (tail and not tail.startswith(".")) or "*" in tail:
        return False
    return len(required) > len(head) + len(tail) and required.startswith(head) and required.endswith(tail)


def _extra(request: Any) -> Any:
    return getattr(request, "_extra_requires", None)


def _names(told: Any) -> frozenset[str]:
    return frozenset((told,) if isinstance(told, str) else told or ())
