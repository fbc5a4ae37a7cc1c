"""What the error tier is made with: a good answer to spoil, its frames, and the look at what came of it.

Rule of the file: one call before a mock provider, one answer, one verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from conformance.model import Done, Error, ErrorKind, name_of
from conformance.rulebook import Violation
from conformance.subjects.samples import SIMPLE_REPLY, simple_request

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.model import Event, Reply
    from conformance.subjects.canned import Answer


def good(adapter: Adapter, **changes: Any) -> Answer:
    """A good streamed answer of this adapter, with some of it replaced."""
    from dataclasses import replace

    from conformance.subjects.canned import streamed

    return replace(streamed(adapter, SIMPLE_REPLY, simple_request(adapter.model)), **changes)


def frames_of(adapter: Adapter, reply: Reply = SIMPLE_REPLY) -> tuple[bytes, ...]:
    """The frames of a good streamed answer."""
    from conformance.subjects.canned import streamed

    return streamed(adapter, reply, simple_request(adapter.model)).chunks


def fails(
    adapter: Adapter, answer: Answer, kind: ErrorKind | None, *words: str, where: str = ""
) -> Iterator[Violation]:
    """What is wrong unless the answer ends with one Error, of this kind, whose message holds the words."""
    from conformance.subjects.canned import ask

    heard = ask(adapter, simple_request(adapter.model), answer)
    place = f"{where}: " if where else ""
    timeline = [name_of(event) for event in heard.events]
    if any(isinstance(event, Done) for event in heard.events):
        yield Violation(f"{place}it looks finished", None, None, "Error", timeline)
        return
    last: Event | None = heard.last
    if not isinstance(last, Error) or sum(isinstance(event, Error) for event in heard.events) != 1:
        yield Violation(f"{place}the timeline does not end with one Error", None, None, "Error", timeline)
        return
    if kind and last.kind != kind:
        yield Violation(f"{place}another kind of error", "kind", None, kind, f"{last.kind}: {last.message}")
    for word in words:
        if word.lower() not in last.message.lower():
            yield Violation(f"{place}the message does not say {word!r}", "message", None, word, last.message)
