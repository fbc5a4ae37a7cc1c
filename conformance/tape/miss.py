"""A request that no recording answers: which recording comes nearest, where they differ, whose fault it is, what to do.

Rule of the file: the text is made when it is shown; a client that retries may raise this many times and show none.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from vcr.errors import CannotOverwriteExistingCassetteException

from conformance.errors import ConformanceError
from conformance.exchange import Request
from conformance.tape.form import Provenance
from conformance.tape.matching import Difference, Match, differences

_SHOWN = 12


class Shelved(NamedTuple):
    """A cassette as a miss sees it."""

    path: str
    requests: tuple[Request, ...]
    played: tuple[bool, ...]
    provenance: Provenance | None = None


class Nearest(NamedTuple):
    """The recorded interaction that differs least."""

    number: int
    request: Request
    played: bool
    differences: tuple[Difference, ...]


class CassetteMiss(ConformanceError, CannotOverwriteExistingCassetteException):  # type: ignore[misc]
    """Playback met a request that the cassette does not answer. Nothing was sent."""

    similar_requests: tuple[Any, ...] = ()

    def __init__(self, sent: Request, cassette: Shelved, match: Match = "exact") -> None:
        Exception.__init__(self)
        self.hint = ""  # the text says it all
        self.sent, self.cassette, self.match = sent, cassette, match
        self.failed_request = sent

    @property
    def nearest(self) -> Nearest | None:
        """The interaction with the fewest differences, unplayed ones first; None in an empty cassette."""
        ranked = [
            Nearest(number, old, played, tuple(differences(self.sent, old, self.match)))
            for number, (old, played) in enumerate(zip(self.cassette.requests, self.cassette.played, strict=True))
        ]
        return min(ranked, key=lambda one: (len(one.differences), one.played, one.number), default=None)

    @property
    def reason(self) -> str:
        """vcrpy's word for it: cassette_not_found, already_played or no_match."""
        found = self.nearest
        if found is None:
            return "cassette_not_found"
        return "no_match" if found.differences else "already_played"

    @property
    def command(self) -> str:
        """The command that records again, as near as can be told."""
        return _command(self.cassette.provenance)

    def __str__(self) -> str:
        where, sent, found = self.cassette, self.sent, self.nearest
        head = f"{sent.method} {sent.url}"
        if found is None:
            nothing = f"{head}: the cassette {where.path} holds no interaction (it is missing or empty)"
            return f"{nothing}\n  to record it: {self.command}"
        lines = [
            f"{head} is not in the cassette {where.path} "
            f"({len(where.requests)} interactions, {sum(where.played)} played)"
        ]
        lines += _sent_again(found) if not found.differences else _departs(found)
        return "\n".join([*lines, f"  to record again: {self.command}"])


def _sent_again(found: Nearest) -> list[str]:
    return [
        f"  it equals interaction {found.number}, which was played already: the client sent it once more than recorded",
        "  the client's doing: look for a retry or a repeated call",
    ]


def _departs(found: Nearest) -> list[str]:
    old, count = found.request, len(found.differences)
    lines = [f"  nearest: interaction {found.number}{' (played)' if found.played else ''}, {old.method} {old.url}"]
    for one in found.differences[:_SHOWN]:
        lines += [f"    {one.path}", f"      - {one.recorded}  (recorded)", f"      + {one.sent}  (sent)"]
    if count > _SHOWN:
        lines.append(f"    … and {count - _SHOWN} more differences")
    lines.append(
        "  the client sends something else than when this was recorded: its fault, unless the change was meant"
    )
    return lines


def _command(provenance: Provenance | None) -> str:
    if test := os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]:
        return f'VCR_MODE=record pytest "{test}"'
    if provenance and provenance.provider and provenance.scenario:
        return f"conformance record {provenance.provider} --scenario {provenance.scenario}"
    return "run it again with VCR_MODE=record"
