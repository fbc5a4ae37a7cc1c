"""A bend for answers that nobody chose: where it finds nothing to change, the answer stays as it was.

Rule of the file: only a server that answers whatever is asked bends so. A selftest performs a fault on the scenario
that it is written for, and there a fault that does not fit is a bug and must raise.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from conformance.deviating import Bend

DOES_NOT_FIT = (LookupError, StopIteration, TypeError, ValueError, AttributeError)
"""What a change raises that looks for a call, a text or JSON in an answer that has none."""


def where_it_fits(bend: Bend) -> Bend:
    """The same bend, which leaves alone what it was not written for: a fault of calls, an answer without a call."""
    return Bend(
        answer=_or_else(bend.answer, lambda request, said: said),
        chunks=_or_else(bend.chunks, lambda chunks, reply: chunks),
        frames=_or_else(bend.frames, lambda frames: frames),
        whole=_or_else(bend.whole, lambda whole, reply: whole),
        body=_or_else(bend.body, lambda body: body),
        failure=_or_else(bend.failure, lambda status, failure: failure),
        head=_or_else(bend.head, lambda status, headers: (status, headers)),
        pieces=_or_else(bend.pieces, lambda pieces: pieces),
        end=bend.end,
    )


def _or_else(change: Callable[..., Any] | None, leave: Callable[..., Any]) -> Callable[..., Any] | None:
    """The change, or what was given where it does not fit: whole, since a change may stop halfway through."""
    if change is None:
        return None

    def changed(*given: Any) -> Any:
        try:
            return change(*deepcopy(given))
        except DOES_NOT_FIT:
            return leave(*given)

    return changed
