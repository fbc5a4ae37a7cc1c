"""What the two answers do not share because they hold other content: that could not be compared, and is no drift.

Rule of the file: content that went is an excuse only when nothing came in its place; a renamed field is drift.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.drift.outline import Outline

_CARRIERS: Mapping[str, re.Pattern[str]] = {
    "text": re.compile(r"content|text|parts|refusal|annotation|logprob|output|citation", re.IGNORECASE),
    "thinking": re.compile(r"reason|think|thought|signature|summary|encrypted|content|parts", re.IGNORECASE),
    "tool calls": re.compile(r"tool|function|call|argument|input|custom|content|parts", re.IGNORECASE),
}
"""By what an answer holds: what the fields, types and events that carry it are called."""


@dataclass(frozen=True)
class Excuses:
    """What of two answers is not alike in kind."""

    gone: frozenset[str]
    come: frozenset[str]

    def for_lost(self, name: str) -> bool:
        """Whether what is called so may be lost because its content is."""
        return any(_CARRIERS[one].search(name) for one in self.gone)

    def for_new(self, name: str) -> bool:
        """Whether what is called so may be new because its content is."""
        return any(_CARRIERS[one].search(name) for one in self.come)

    @property
    def differ(self) -> bool:
        return bool(self.gone or self.come)

    def told(self) -> Iterator[str]:
        """What could not be compared, in sentences."""
        for facets, has, lacks in ((self.gone, "old", "new"), (self.come, "new", "old")):
            for one in sorted(facets):
                yield (
                    f"{one}: the {has} answer has them, the {lacks} one has not"
                    if one.endswith("s")
                    else (f"{one}: the {has} answer has it, the {lacks} one has not")
                )


def excuses(old: Outline, new: Outline) -> Excuses:
    """The kinds of content that only one of them has."""
    return Excuses(old.facets - new.facets, new.facets - old.facets)
