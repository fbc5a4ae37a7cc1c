"""Comparisons of two exchanges that ask the same: what one exchange alone cannot show.

Rule of the file: only what a user sees is compared; ids, times and the cutting of deltas may differ.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.decoding import decode
from conformance.exchange import Exchange
from conformance.model import Done, Event, Reply, Usage, name_of
from conformance.rulebook import Violation

_SAID = ("text", "thinking", "tool calls", "stop reason")


def twins_differ(streamed: Exchange, whole: Exchange, *, usage: bool = True) -> Iterator[Violation]:
    """GN-13: a streamed and a whole answer of the same content decode to the same text, calls, stop and usage.

    `usage` False: the stream was not asked for its usage, and may report none.
    """
    one, other = decode(streamed)[-1], decode(whole)[-1]
    if not isinstance(one, Done) or not isinstance(other, Done):
        if type(one) is not type(other) or getattr(one, "kind", "") != getattr(other, "kind", ""):
            yield Violation("one twin failed, the other did not", expected=_brief(other), got=_brief(one))
        return
    for name, got, expected in zip(_SAID, one.reply.says(), other.reply.says(), strict=True):
        if got != expected:
            yield Violation(
                f"the {name} of the streamed answer is not that of the whole one", None, None, expected, got
            )
    if (missing := _reported(other.reply) - _reported(one.reply)) and one.usage != Usage():
        yield Violation(f"the streamed answer reports no {' and no '.join(sorted(missing))} tokens, the whole one does")
    if usage and one.usage == Usage() != other.usage:
        yield Violation("the whole answer reports usage, the streamed one none")


def _reported(reply: Reply) -> set[str]:
    return {name for name in Usage.__struct_fields__ if getattr(reply.usage, name) is not None}


def _brief(event: Event) -> str:
    return f"{name_of(event)}({getattr(event, 'kind', getattr(event, 'reason', ''))})"
