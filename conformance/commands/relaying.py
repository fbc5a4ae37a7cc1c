"""From a stream of verdicts to a report: verdicts to the listener, troubles to stderr as well, the rest goes on.

Rule of the file: nothing that was judged is lost because something else could not be.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.cases import Note, Verdict
from conformance.cli import complain
from conformance.errors import ConformanceError
from conformance.report import Listener

_MOST = 20


def relay(told: Iterable[Verdict | Note | ConformanceError], to: Listener) -> tuple[int, int]:
    """Tell the listener everything; how many things were told, and the exit code. No report is ended for nothing."""
    number = 0
    troubles: dict[str, ConformanceError] = {}  # by what they say: one bad file can stop many cases
    for one in told:
        if isinstance(one, Note):
            to.note(one)
            continue
        number += 1
        if isinstance(one, ConformanceError):
            if str(one) not in troubles:
                to.trouble(one)
            troubles[str(one)] = one
        else:
            to.verdict(one)
    code = to.close() if number else 2
    for trouble in list(troubles.values())[:_MOST]:
        complain(str(trouble), trouble.hint)
    if len(troubles) > _MOST:
        complain(f"{len(troubles) - _MOST} more of this kind", "the JSON report holds all of them")
    return number, code
